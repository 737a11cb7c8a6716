import t from 'tap'
import { startReceiver, status } from '../feed/webhooks/receiver.ts'
import { eventually } from '../helper.ts'
import { create } from '../routes/helper.ts'
import { createWebhook, WEBHOOKS } from '../routes/webhooks-helper.ts'
import { buildLogged } from './helper.ts'

const PRIVATE = { WEBHOOK_ALLOW_PRIVATE: 'true' }

t.test('a failure is logged with the webhook, and counted', async (t) => {
  const receiver = await startReceiver(t, status(500))
  const { app, lines } = await buildLogged(t, PRIVATE)
  const { id } = await createWebhook(app, { url: receiver.url })
  await create(app, { name: 'Saw' })
  const line = await eventually(() => lines.find(({ webhookId }) => webhookId === id))
  t.match(line, {
    ...{ level: 40, msg: 'a webhook could not be delivered; it is tried again' },
    error: 'The receiver answered 500',
  })
  const { body } = await app.inject('/metrics')
  t.match(body, /webhooks 1\n/)
  t.match(body, /webhooks_failing 1\n/)
  t.match(body, /webhook_lag_changes 1\n/)
})

t.test('a webhook that is disabled is logged with the reason', async (t) => {
  const receiver = await startReceiver(t, status(410))
  const { app, lines } = await buildLogged(t, PRIVATE)
  const { id } = await createWebhook(app, { url: receiver.url })
  await create(app, { name: 'Saw' })
  const line = await eventually(() => lines.find(({ msg }) => msg === 'a webhook was disabled'))
  t.match(line, {
    ...{ level: 50, webhookId: id },
    why: 'The receiver answered 410, which ends the deliveries',
  })
})

t.test('what the store cannot record is logged', async (t) => {
  const receiver = await startReceiver(t)
  const { app, lines } = await buildLogged(t, PRIVATE)
  await app.ready()
  app.store.saveDeliveries = () => Promise.reject(new Error('disk full'))
  await createWebhook(app, { url: receiver.url })
  await create(app, { name: 'Saw' })
  const msg = 'webhooks could not read or write the store'
  const line = await eventually(() => lines.find((line) => line.msg === msg))
  t.match(line, { level: 50, err: { message: 'disk full' } })
})

t.test('the log has no secret, no signature and nothing that a receiver said', async (t) => {
  const receiver = await startReceiver(t, status(500))
  const { app, lines } = await buildLogged(t, PRIVATE)
  const { id, secret } = await createWebhook(app, { url: receiver.url })
  const rotated = await app.inject({ method: 'POST', url: `${WEBHOOKS}/${id}/rotate-secret` })
  await app.inject({ method: 'POST', url: `${WEBHOOKS}/${id}/test` })
  await create(app, { name: 'Saw' })
  await eventually(() => lines.some(({ webhookId }) => webhookId === id))
  await app.close()
  const log = JSON.stringify(lines)
  for (const text of [secret, rotated.json().secret]) {
    t.notOk(log.includes(text.slice('whsec_'.length)))
  }
  t.notMatch(log, /whsec_|v1,|nobody else/)
})
