import fp from 'fastify-plugin'
import { SimpleIntervalJob, Task } from 'toad-scheduler'
import { HEARTBEAT_MS } from '../feed/event.ts'
import { ChangeHub } from '../feed/hub.ts'

/** Decorates `app.changeHub`, which hands the changes to the streams; ends them when the service stops. */
export default fp(
  async (app) => {
    const hub = new ChangeHub({
      store: app.store,
      onError(err) {
        const message = 'the changes could not be read; the streams have to be resumed'
        app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
      },
      now: () => performance.now(),
    })
    app.decorate('changeHub', hub)
    const job = new SimpleIntervalJob(
      { milliseconds: HEARTBEAT_MS },
      new Task('heartbeat', () => hub.beat()),
    )
    app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
    // Before the server waits for its connections to end.
    app.addHook('preClose', async () => hub.close())

    const { gauge } = app.metrics
    gauge('change_stream_clients', 'Clients that listen to the stream of changes', () => hub.size)
    gauge(
      'change_feed_lag_changes',
      'Committed changes that the streams were not handed yet',
      () => hub.lag.changes,
    )
    gauge(
      'change_feed_lag_seconds',
      'For how long the first of those changes has waited; seconds mean that the streams are stuck',
      () => hub.lag.ms / 1000,
    )
  },
  { name: 'change-stream', dependencies: ['log-digest', 'store', 'metrics', '@fastify/schedule'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    changeHub: ChangeHub
  }
}
