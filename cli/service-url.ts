import { Type } from '@sinclair/typebox'
import { Config } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'

/** The loopback address to use for each address that means "all interfaces". */
const LOOPBACK: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/**
 * The URL, without a trailing slash, at which programs on this machine reach the service that the environment
 * configures. Throws `EnvironmentError`.
 */
export function serviceUrl(env: Readonly<Record<string, string | undefined>>): string {
  const { HOST, PORT } = readEnvironment(Type.Pick(Config, ['HOST', 'PORT']), env)
  const host = LOOPBACK[HOST] ?? HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}
