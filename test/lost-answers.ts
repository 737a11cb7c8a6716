import type { Test } from 'tap'
import { eventually } from './helper.ts'
import type { Running } from './process.ts'

/** How many products are created at once. */
const CREATED = 40

const PRODUCTS = '/api/v1/products'

async function create(url: string, n: number) {
  const response = await fetch(`${url}${PRODUCTS}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `key-${n}` },
    body: JSON.stringify({ name: `product ${n}` }),
  })
  return { status: response.status, text: await response.text() }
}

/**
 * Has a service create products, each with an idempotency key, kills it when it has answered some of them, and sends
 * all again to the service that `next` starts or names. Each must be there once, with the answer that was given.
 */
export async function retryAfterKill(t: Test, service: Running, next: () => Promise<string>) {
  const answered = new Map<number, string>()
  const sent = Array.from({ length: CREATED }, async (_, n) => {
    const answer = await create(service.url, n).catch(() => undefined)
    if (!answer) return
    t.equal(answer.status, 201)
    answered.set(n, answer.text)
    if (answered.size === 1) service.child.kill('SIGKILL')
  })
  await Promise.all(sent)
  const url = await next()
  for (let n = 0; n < CREATED; n++) {
    const answer = await eventually(async () => {
      const again = await create(url, n)
      // It is refused while the server still ends the transaction of the one that was killed.
      return again.status === 409 ? undefined : again
    })
    t.equal(answer?.status, 201)
    t.equal(answer?.text, answered.get(n) ?? answer?.text)
  }
  const list = await (await fetch(`${url}${PRODUCTS}?limit=200`)).json()
  const names = (list as { items: { name: string }[] }).items.map(({ name }) => name)
  const expected = Array.from({ length: CREATED }, (_, n) => `product ${n}`)
  t.strictSame(names.sort(), expected.sort())
  t.ok(answered.size > 0)
}
