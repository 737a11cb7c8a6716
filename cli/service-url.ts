import { Config } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import { Type } from '../typebox.ts'

/** Addresses that stand for all of a machine, by that of the machine itself. */
const LOOPBACK: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/**
 * Where a program on this machine reaches the service that the environment configures. It has no slash at its
 * end. Throws `EnvironmentError`.
 */
export function serviceUrl(env: Readonly<Record<string, string | undefined>>): string {
  const { HOST, PORT } = readEnvironment(Type.Pick(Config, ['HOST', 'PORT']), env)
  const host = LOOPBACK[HOST] ?? HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}
