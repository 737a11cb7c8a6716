import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The paths of all files that git tracks, from the root. Whoever owns the clone may not be who runs the tests. */
export async function trackedFiles(): Promise<string[]> {
  const args = ['-c', 'safe.directory=*', 'ls-files']
  const { stdout } = await promisify(execFile)('git', args, { cwd: root, maxBuffer: 2 ** 26 })
  return stdout.trim().split('\n')
}
