import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { EnvironmentError } from './environment.ts'

/** Everything has to be over ten seconds after a signal, the end of the process included. */
const GRACE_MS = 9_500

try {
  const config = readConfig(process.env)
  const app = buildApp(config)
  closeWithGrace({ delay: GRACE_MS, logger: app.log }, async ({ signal, err }) => {
    if (err) app.log.fatal({ err }, 'a bug: stopping because of an error that nothing caught')
    else app.log.info({ signal }, 'stopping')
    await app.close()
    app.log.info('stopped')
  })
  await app.listen({ host: config.HOST, port: config.PORT })
} catch (error) {
  const what =
    error instanceof EnvironmentError ? 'The configuration is at fault' : 'The start failed'
  console.error(`${what}:\n${(error as Error).message}`)
  process.exit(1)
}
