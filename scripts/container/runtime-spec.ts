import type { ImageConfig } from './image-config.ts'

/** How a container differs from what its image says. */
export interface ContainerOptions {
  /** The root of the image's files. */
  rootfs: string
  user: { uid: number; gid: number }
  /** The folder that becomes `/data`. */
  volume: string
  variables: Record<string, string>
  /** The command; that of the image by default. */
  command?: string[]
}

const mount = (destination: string, type: string, ...options: string[]) => ({
  destination,
  type,
  source: type,
  options: ['nosuid', 'noexec', ...options],
})

/** What an engine mounts into every container. Only `/dev/shm` is for the program to write to. */
const SYSTEM_MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  mount('/dev/pts', 'devpts', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'),
  mount('/dev/shm', 'tmpfs', 'nodev', 'mode=1777', 'size=65536k'),
  mount('/dev/mqueue', 'mqueue', 'nodev'),
  mount('/sys', 'sysfs', 'nodev', 'ro'),
]

/**
 * The `config.json` of the OCI runtime specification for `docker run --read-only --cap-drop ALL --security-opt
 * no-new-privileges --network host`. Only `/data` can be written to; even `/tmp` cannot.
 */
export function runtimeSpec(image: ImageConfig, options: ContainerOptions) {
  const variables = Object.entries(options.variables).map(([name, value]) => `${name}=${value}`)
  return {
    ociVersion: '1.0.2',
    process: {
      user: options.user,
      args: options.command ?? image.Cmd,
      env: [...image.Env, ...variables],
      cwd: image.WorkingDir,
      capabilities: {},
      noNewPrivileges: true,
    },
    root: { path: options.rootfs, readonly: true },
    mounts: [
      ...SYSTEM_MOUNTS,
      { destination: '/data', type: 'bind', source: options.volume, options: ['rbind', 'rw'] },
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  }
}
