/** `If-Match` on alerts and webhooks; `conditional.test.ts` has that on products. */
import t, { type Test } from 'tap'
import type { Alert } from '../../schemas/alert.ts'
import type { Webhook } from '../../schemas/webhook.ts'
import { eventually } from '../helper.ts'
import { ALERTS } from './alert-calls.ts'
import { type App, isError, offer, startStill, UNKNOWN_ID } from './helper.ts'
import { call, createWebhook, readWebhook, startWebhooks, WEBHOOKS } from './webhooks-helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const HOOK = 'http://127.0.0.1:1/hook'
const BELOW = { type: 'price_below', price: 100 }

/** A thing that is changed, and how. */
interface Kind {
  name: string
  url: string
  payload: object
  change: (n: number) => object
  start: (t: Test) => Promise<App>
}

const KINDS: Kind[] = [
  {
    ...{ name: 'Alert', url: ALERTS, payload: { name: 'a', condition: BELOW } },
    change: (n) => ({ name: `${n}` }),
    start: async (t) => (await startStill(t, NOW)).app,
  },
  {
    ...{ name: 'Webhook', url: WEBHOOKS, payload: { url: HOOK } },
    change: (n) => ({ batch_size: n }),
    start: async (t) => (await startWebhooks(t)).app,
  },
]

/** An `If-Match` header, with the tag of the answer to the creation and its version. */
type Header = (tag: string, version: string) => string

const CASES: [what: string, header: Header, fits: boolean][] = [
  ['the tag', (tag) => tag, true],
  ['anything', () => '*', true],
  ['anything between blanks', () => ' * ', true],
  ['several with the tag', (tag) => `"7-x", "x",${tag}`, true],
  ['a tag of the same version', (_tag, version) => `"${version}-other"`, true],
  ['the tag of a compressed answer', (tag) => tag.replace(/"$/, '-br"'), true],
  ['a tag of a later version', (_tag, version) => `"${Number(version) + 1}-x"`, false],
  ['a tag of an earlier version', (_tag, version) => `"${Number(version) - 1}-x"`, false],
  ['several without the tag', () => '"0-x", "11-x"', false],
  ['the tag as a weak one, which never matches', (tag) => `W/${tag}`, false],
  ['the tag of a list', () => '"q83v"', false],
  ['the version alone', (_tag, version) => version, false],
  ['the version in quotes', (_tag, version) => `"${version}"`, false],
  ['the tag without quotes', (tag) => tag.replaceAll('"', ''), false],
  ['a tag that does not end its number', (_tag, version) => `"${version}`, false],
  ['a number too large', () => '"99999999999999999999-x"', false],
  ['a negative number', (_tag, version) => `"-${version}-x"`, false],
  ['no number', () => '"NaN-x"', false],
  ['nothing', () => '', false],
  ['commas', () => ',,,', false],
  ['SQL', (_tag, version) => `"${version} OR 1=1-x"`, false],
]

for (const { name, url: all, payload, change, start } of KINDS) {
  t.test(`${name}: If-Match lets a change through where it names the version`, async (t) => {
    const app = await start(t)
    for (const [what, header, fits] of CASES) {
      await t.test(`${what}: ${fits ? 'fits' : '412'}`, async (t) => {
        const created = await app.inject({ method: 'POST', url: all, payload })
        const url = String(created.headers.location)
        const tag = String(created.headers.etag)
        const version = /^"(\d+)-[\w-]{27}"$/.exec(tag)?.[1] ?? ''
        t.match(version, /^\d+$/)
        const before = await app.inject(url)
        t.equal(before.headers.etag, tag, 'a read has the tag of the creation')
        const headers = { 'if-match': header(tag, version) }
        if (!fits) {
          const message = `${name} ${before.json().id} has changed since the version that If-Match names`
          for (const method of ['PATCH', 'DELETE'] as const) {
            const body = method === 'PATCH' ? { payload: change(5) } : {}
            const answer = await app.inject({ method, url, headers, ...body })
            isError(t, answer, 412, message, 'VERSION_MISMATCH')
          }
          t.strictSame((await app.inject(url)).json(), before.json(), 'nothing was changed')
        }
        const last = fits ? headers : { 'if-match': tag }
        const patched = await app.inject({
          method: 'PATCH',
          url,
          headers: last,
          payload: change(6),
        })
        t.equal(patched.statusCode, 200)
        t.match(patched.json(), change(6))
        t.equal((await app.inject(url)).headers.etag, patched.headers.etag)
        const again = await app.inject({ method: 'DELETE', url, headers: { 'if-match': tag } })
        t.equal(again.statusCode, 412)
        const now = { 'if-match': String(patched.headers.etag) }
        t.equal((await app.inject({ method: 'DELETE', url, headers: now })).statusCode, 204)
      })
    }
  })

  t.test(`${name}: of two changes that name the same version one is made`, async (t) => {
    const app = await start(t)
    const { headers: of } = await app.inject({ method: 'POST', url: all, payload })
    const url = String(of.location)
    const headers = { 'if-match': String(of.etag) }
    const answers = await Promise.all(
      [2, 3].map((n) => app.inject({ method: 'PATCH', url, headers, payload: change(n) })),
    )
    t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 412])
    const made = answers.find(({ statusCode }) => statusCode === 200)
    t.strictSame((await app.inject(url)).json(), made?.json())
  })

  t.test(`${name}: one that is not there is a 404 before it is a conflict`, async (t) => {
    const app = await start(t)
    const url = `${all}/${UNKNOWN_ID}`
    const headers = { 'if-match': '"9-x"' }
    const message = `There is no ${name.toLowerCase()} ${UNKNOWN_ID}`
    isError(t, await app.inject({ method: 'DELETE', url, headers }), 404, message)
    const patched = await app.inject({ method: 'PATCH', url, headers, payload: change(2) })
    isError(t, patched, 404, message)
  })

  t.test(`${name}: the answer to a request that is sent again has the same tag`, async (t) => {
    const app = await start(t)
    const headers = { 'idempotency-key': 'k' }
    const send = () => app.inject({ method: 'POST', url: all, headers, payload })
    const first = await send()
    const url = String(first.headers.location)
    await app.inject({ method: 'PATCH', url, payload: change(7) })
    t.equal((await send()).headers.etag, first.headers.etag)
  })
}

t.test('a firing between a read and a change of an alert does not conflict', async (t) => {
  const { app, add, time } = await startStill(t, NOW)
  const created = await app.inject({ method: 'POST', url: ALERTS, payload: KINDS[0]?.payload })
  const url = String(created.headers.location)
  const headers = { 'if-match': String(created.headers.etag) }
  time.now += 3 * 60_000
  await add('Mower', [
    [NOW + 60_000, offer('a', 120)],
    [NOW + 120_000, offer('a', 90)],
  ])
  const fired = await app.inject(url)
  t.match(fired.json<Alert>(), { last_fired_at: String })
  t.not(fired.headers.etag, created.headers.etag)
  const answer = await app.inject({ method: 'PATCH', url, headers, payload: { name: 'b' } })
  t.equal(answer.statusCode, 200)
})

t.test('a delivery between a read and a change of a webhook does not conflict', async (t) => {
  const { app } = await startWebhooks(t)
  const created = await app.inject({ method: 'POST', url: WEBHOOKS, payload: { url: HOOK } })
  const { id } = created.json<Webhook>()
  await app.store.createProduct({ name: 'Mower' })
  await eventually(async () => (await readWebhook(app, id)).failures > 0)
  const headers = { 'if-match': String(created.headers.etag) }
  const url = `${WEBHOOKS}/${id}`
  const payload = { enabled: false }
  t.equal((await app.inject({ method: 'PATCH', url, headers, payload })).statusCode, 200)
})

t.test('a replay and a new secret are changes of a webhook', async (t) => {
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: HOOK })
  const url = `${WEBHOOKS}/${id}`
  const payload = { batch_size: 2 }
  for (const act of [
    () => call(app, `${id}/replay`, { after: 0 }),
    () => call(app, `${id}/rotate-secret`),
  ]) {
    const headers = { 'if-match': String((await app.inject(url)).headers.etag) }
    const { headers: acted } = await act()
    const stale = await app.inject({ method: 'PATCH', url, headers, payload })
    t.equal(stale.statusCode, 412)
    const { etag } = (await app.inject(url)).headers
    t.equal(acted.etag ?? etag, etag)
  }
})

t.test('the tag of a new webhook does not depend on its secret', async (t) => {
  const { app } = await startWebhooks(t)
  const created = await app.inject({ method: 'POST', url: WEBHOOKS, payload: { url: HOOK } })
  const { secret, ...webhook } = created.json<Webhook & { secret: string }>()
  const read = await app.inject(`${WEBHOOKS}/${webhook.id}`)
  t.match(secret, /^whsec_/)
  t.strictSame(read.json(), webhook)
  t.equal(read.headers.etag, created.headers.etag)
})
