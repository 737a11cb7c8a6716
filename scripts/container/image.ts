import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './command.ts'
import { type ImageConfig, readImageConfig, userIds } from './image-config.ts'

/** An image whose files are mounted on this machine. */
export interface MountedImage {
  config: ImageConfig
  rootfs: string
  user: { uid: number; gid: number }
  /** The owner of `/data` in the image. */
  dataOwner: { uid: number; gid: number }
  unmount(): Promise<void>
}

/**
 * Builds the image of a folder. Its commands run by `chroot`, which needs no more of the machine than root, and with
 * the machine's network. The format is Docker's, because the other one has no health check.
 */
export async function build(folder: string, name: string): Promise<void> {
  const how = ['--isolation', 'chroot', '--pull=never', '--format', 'docker', '--layers=false']
  await command('buildah', 'bud', ...how, '--tag', name, folder)
}

/** Mounts the files of an image. */
export async function mountImage(name: string): Promise<MountedImage> {
  const config = readImageConfig(await command('buildah', 'inspect', '--type', 'image', name))
  const container = await command('buildah', 'from', '--pull=never', name)
  const rootfs = await command('buildah', 'mount', container)
  const { uid, gid } = await stat(join(rootfs, 'data'))
  return {
    config,
    rootfs,
    user: userIds(await readFile(join(rootfs, 'etc/passwd'), 'utf8'), config.User),
    dataOwner: { uid, gid },
    async unmount() {
      await command('buildah', 'rm', container)
    },
  }
}

/** The size of a folder's files in MB. */
export async function sizeMb(folder: string): Promise<number> {
  const [bytes] = (await command('du', '--summarize', '--bytes', folder)).split('\t')
  return Number(bytes) / 1e6
}
