import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { command, isOnPath, tryCommand } from './command.ts'

/** What the Dockerfile's stages begin with. */
const BASE = 'node:26-slim'
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

/**
 * Makes sure that the base image is in the store: pulls it if it is missing, or makes one where no registry can be
 * reached.
 */
export async function provideBase(): Promise<string> {
  const pulled = await tryCommand('buildah', ['pull', '--quiet', '--retry=1', BASE])
  if (pulled.code === 0) return `${BASE}, as the store or the registry has it`
  if (!isOnPath('debootstrap', process.env.PATH ?? '')) {
    throw new Error(
      `${BASE} could not be pulled. Install debootstrap to have a stand-in made:\n${pulled.stderr}`,
    )
  }
  await makeBase()
  return `a stand-in for ${BASE}: Debian with this Node.js, since no registry could be reached`
}

/**
 * Makes a stand-in for the official image: a minimal Debian, this process's Node.js with the library that it needs,
 * npm, and the user `node`. It says nothing about the size of the official image.
 */
async function makeBase(): Promise<void> {
  const container = await command('buildah', 'from', 'scratch')
  try {
    const root = await command('buildah', 'mount', container)
    const debian = ['--variant=minbase', '--include=ca-certificates,libatomic1', 'bookworm', root]
    await command('debootstrap', ...debian)
    for (const folder of ['var/cache/apt', 'var/lib/apt/lists']) {
      await rm(join(root, folder), { recursive: true })
      await mkdir(join(root, folder))
    }
    await copyNode(join(root, 'usr/local'))
    // The machine may trust certificates of its own, such as that of a proxy: npm has to trust them as well.
    await cp(CERTIFICATES, join(root, CERTIFICATES), { dereference: true })
    await command(
      'chroot',
      root,
      'useradd',
      '--uid',
      '1000',
      '--user-group',
      '--create-home',
      'node',
    )
    await command('buildah', 'commit', '--quiet', container, `localhost/${BASE}`)
  } finally {
    await command('buildah', 'rm', container)
  }
}

/** Copies the Node.js that runs this, and the npm that started it, to where the official image has them. */
async function copyNode(prefix: string): Promise<void> {
  const { npm_execpath: npmCli } = process.env
  if (npmCli === undefined) throw new Error('Start this by npm: npm run check:container')
  await cp(process.execPath, join(prefix, 'bin/node'))
  const npm = join(prefix, 'lib/node_modules/npm')
  await cp(dirname(dirname(npmCli)), npm, { recursive: true })
  const launcher = `#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n`
  await writeFile(join(prefix, 'bin/npm'), launcher, { mode: 0o755 })
  await mkdir(join(prefix, 'etc'), { recursive: true })
  await writeFile(join(prefix, 'etc/npmrc'), `cafile=${CERTIFICATES}\n`)
}
