import fp from 'fastify-plugin'
import { SimpleIntervalJob, Task } from 'toad-scheduler'
import { HEARTBEAT_MS } from '../changes/event.ts'
import { ChangeHub } from '../changes/hub.ts'
import { Gauge } from './prom-client.ts'

/** Decorates `app.changeHub`, which hands the changes to the streams; ends them when the service stops. */
export default fp(
  async (app) => {
    const hub = new ChangeHub(app.store, (err) => {
      app.log.error({ err }, 'the changes could not be read; the streams have to be resumed')
    })
    app.decorate('changeHub', hub)
    const job = new SimpleIntervalJob(
      { milliseconds: HEARTBEAT_MS },
      new Task('heartbeat', () => hub.beat()),
    )
    app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
    // Before the server waits for its connections to end.
    app.addHook('preClose', async () => hub.close())

    new Gauge({
      name: 'change_stream_clients',
      help: 'Clients that listen to the stream of changes',
      registers: [app.metrics.registry],
      collect() {
        this.set(hub.size)
      },
    })
  },
  { name: 'change-stream', dependencies: ['store', 'metrics', '@fastify/schedule'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    changeHub: ChangeHub
  }
}
