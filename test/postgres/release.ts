/** The version that was released before this one, as a program. */
import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import { SERVICE } from '../process.ts'
import { Unavailable } from '../unavailable.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The last release, which serves beside this version. Raise it after each release. */
export const BEFORE = '0.2.0'

/** Throws `Unavailable` where the project is no clone with its history. */
async function commitOf(version: string): Promise<string> {
  const subject = `^Release ${version.replaceAll('.', '\\.')}$`
  const { stdout } = await run('git', ['log', '-1', '--format=%H', `--grep=${subject}`], {
    cwd: root,
  }).catch(() => ({ stdout: '' }))
  if (stdout !== '') return stdout.trim()
  const message = `UPGRADES ARE NOT TESTED, because git has no commit "Release ${version}" here`
  throw process.env.REQUIRE_RELEASE === '1' ? new Error(message) : new Unavailable(message)
}

const commit = await commitOf(BEFORE)

/** The program of the version before, with the dependencies of this one. */
export async function serviceBefore(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  const archive = join(folder, 'release.tar')
  await run('git', ['archive', '--format=tar', `--output=${archive}`, commit], { cwd: root })
  await run('tar', ['-xf', archive, '-C', folder])
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, SERVICE)
}
