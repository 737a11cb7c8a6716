/** What the check of the image needs of the machine. */
export interface Machine {
  platform: string
  /** The id of the user; undefined where there is none. */
  user: number | undefined
  /** Whether a program of this name can be run. */
  has(program: string): boolean
}

/** What runs a container, the preferred one first. Their command lines are the same as far as the check uses them. */
const RUNTIMES = ['runc', 'crun']

/** The runtime to use, or a sentence on why the image cannot be checked on this machine. */
export function findRuntime({ platform, user, has }: Machine): { runtime: string } | string {
  if (platform !== 'linux') return 'Containers need Linux.'
  if (user !== 0) return 'Mounting an image needs root: run it with sudo.'
  if (!has('buildah')) return 'buildah is not installed: apt-get install buildah'
  const runtime = RUNTIMES.find(has)
  if (runtime === undefined) return 'No container runtime is installed: apt-get install runc'
  return { runtime }
}
