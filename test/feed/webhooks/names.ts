import type { Resolve } from '../../../feed/webhooks/guard.ts'

/** A resolver that knows these names; each look takes the next of its answers, and the last one from then on. */
export function resolving(names: Record<string, string[][]>): Resolve {
  const looks = new Map<string, number>()
  return (host, _options, callback) => {
    const answers = names[host] ?? []
    const look = looks.get(host) ?? 0
    looks.set(host, look + 1)
    const found = answers[Math.min(look, answers.length - 1)]
    if (!found) return callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), [])
    const family = (address: string) => (address.includes(':') ? 6 : 4)
    callback(
      null,
      found.map((address) => ({ address, family: family(address) })),
    )
  }
}
