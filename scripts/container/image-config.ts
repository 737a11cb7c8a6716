/** The part of an image's configuration that the check uses, under the names of Docker's format. */
export interface ImageConfig {
  User: string
  Env: string[]
  Cmd: string[]
  WorkingDir: string
  Labels: Record<string, string>
  Volumes?: Record<string, object>
  /** Missing in an image of the OCI format, which has no health check. */
  Healthcheck?: { Test: string[] }
}

/** Reads the configuration from what `buildah inspect --type image` prints. */
export function readImageConfig(printed: string): ImageConfig {
  const { Docker } = JSON.parse(printed) as { Docker: { config: ImageConfig } }
  return Docker.config
}

/** The command of the health check. The shell form is not supported: this image has the other. */
export function healthCommand({ Healthcheck }: ImageConfig): string[] {
  const [form, ...words] = Healthcheck?.Test ?? []
  if (form !== 'CMD')
    throw new Error('The image has no HEALTHCHECK of the form CMD ["program", ...]')
  return words
}

/** The ids of a user of an image, found in the text of its `/etc/passwd`. */
export function userIds(passwd: string, name: string): { uid: number; gid: number } {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':')
    if (user === name && uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(`The image has no user ${JSON.stringify(name)} in /etc/passwd`)
}
