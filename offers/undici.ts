/**
 * What the client of the Offers service uses of undici. Its index loads five times as many modules, all
 * of which take time at the start and memory.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const Pool: typeof import('undici').Pool = require('undici/lib/dispatcher/pool.js')

/** Only where there is a proxy: its tunnels need what the index adds to the parts that it loads. */
export const loadProxyAgent = (): typeof import('undici').ProxyAgent => require('undici').ProxyAgent
