import t from 'tap'
import type { Webhook } from '../../schemas/webhook.ts'
import { contentsOf, stateOf } from '../../web/webhook/state.ts'

const WEBHOOK: Webhook = {
  id: '019aa9f0-5c00-7000-8000-000000000101',
  url: 'https://shop.example.com/hooks/prices',
  types: [],
  product_id: null,
  tag: null,
  batch_size: 1,
  enabled: true,
  created_at: '2026-11-22T08:00:00.000Z',
  cursor: 5,
  lag: 0,
  failures: 0,
  last_status: null,
  last_error: null,
  next_attempt_at: null,
}

const STATES: [change: Partial<Webhook>, text: string | RegExp, bad: boolean][] = [
  [{}, 'Up to date.', false],
  [{ lag: 1 }, '1 change behind.', false],
  [{ enabled: false, lag: 7 }, 'Off.', false],
  [
    { enabled: false, last_error: 'The receiver answered 410' },
    'Off: The receiver answered 410.',
    true,
  ],
  [
    {
      failures: 1,
      lag: 2,
      last_error: 'It timed out.',
      next_attempt_at: '2026-11-22T08:00:00.000Z',
    },
    /^It timed out\. Failed once; 2 changes behind; next attempt at .*2026.*\.$/,
    true,
  ],
  [{ failures: 3, lag: 1 }, 'Failed 3 times in a row; 1 change behind; next attempt now.', true],
]
for (const [change, text, bad] of STATES) {
  t.test(`the state of a webhook: ${text}`, async (t) => {
    const state = stateOf({ ...WEBHOOK, ...change })
    t.match(state.text, text)
    t.equal(state.bad, bad)
  })
}

t.test('what a webhook is told of', async (t) => {
  t.equal(contentsOf(WEBHOOK), 'Told of every change')
  const types: Webhook['types'] = ['offer.price_changed', 'alert.fired']
  const some = { ...WEBHOOK, types, batch_size: 50 }
  t.equal(contentsOf(some), 'Told when a price changes, or an alert fires; up to 50 in a message')
})
