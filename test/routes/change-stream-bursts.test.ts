import t from 'tap'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { follow, openStream } from './event-stream.ts'
import { API, createAll } from './helper.ts'

/** How often it is tried; `STREAM_BURSTS=60` is the full run. */
const RUNS = Number(process.env.STREAM_BURSTS ?? 1)
const BATCHES = 3
const batch = Array.from({ length: 1_000 }, (_, index) => ({ name: `Mower ${index}` }))

/** The expected changes of each product. */
const TOLD = ['product.created', 'product.registered']

// Regression: a read can see a commit before the main thread is notified of it. Then there was nothing left to read,
// which the hub took for a read that never ends, and no stream received any more changes.
for (let run = 1; run <= RUNS; run++) {
  t.test(`run ${run}: bursts of creates do not silence the stream`, async (t) => {
    const { baseUrl } = await startSimulator(t)
    const app = await startApp(t, { OFFERS_BASE_URL: baseUrl })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const url = `${app.listeningOrigin}${API}/changes/stream?after=0`
    const listener = follow(t, await openStream(url))

    for (let sent = 0; sent < BATCHES; sent++) await createAll(app, batch)
    const heard = (type: string) => listener.events.filter(({ event }) => event === type).length
    for (const type of TOLD) {
      // Batch by batch, because each has a minute: a slow machine registers them all in more than one.
      for (let sent = 1; sent <= BATCHES; sent++)
        await eventually(() => heard(type) >= sent * batch.length)
    }

    const seqs = listener.ids()
    const wrong = seqs.findIndex((seq, index) => seq !== index + 1)
    t.equal(wrong, -1, `${seqs[wrong]} comes after ${seqs[wrong - 1]}`)
  })
}
