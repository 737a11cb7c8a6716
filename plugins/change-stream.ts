import fp from 'fastify-plugin'
import { SimpleIntervalJob, Task } from 'toad-scheduler'
import { HEARTBEAT_MS } from '../feed/event.ts'
import { ChangeHub } from '../feed/hub.ts'

/** Decorates `app.changeHub`, which sends changes to the streams, and ends the streams on close. */
export default fp(
  async (app) => {
    const hub = new ChangeHub({
      store: app.store,
      onError(err) {
        const message =
          'could not read the changes; streams were ended and clients must resume them'
        app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
      },
      now: () => performance.now(),
    })
    app.decorate('changeHub', hub)
    const job = new SimpleIntervalJob(
      { milliseconds: HEARTBEAT_MS },
      new Task('heartbeat', () => hub.sendHeartbeats()),
    )
    app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
    // `preClose` runs before the server waits for its connections to end.
    app.addHook('preClose', async () => hub.close())

    const { gauge } = app.metrics
    gauge('change_stream_clients', 'Clients connected to the change stream', () => hub.size)
    gauge(
      'change_feed_lag_changes',
      'Committed changes not yet sent to the streams',
      () => hub.lag.changes,
    )
    gauge(
      'change_feed_lag_seconds',
      'How long the oldest of those changes has waited; several seconds mean that the streams are stuck',
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
