import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { readConfig } from './config/config.ts'
import { EnvironmentError, loadEnvFile } from './config/environment.ts'

/** The process ends within ten seconds of a signal. Half a second is left for Node itself. */
const GRACE_MS = 9_500

/** Runs the service until a signal ends the process. A start that fails ends it with status 1. */
export async function serve(): Promise<void> {
  let stopping = false
  try {
    loadEnvFile()
    const config = readConfig(process.env)
    const app = buildApp(config)
    closeWithGrace({ delay: GRACE_MS, logger: app.log }, async ({ signal, err }) => {
      stopping = true
      if (err) app.log.fatal({ err }, 'stopping because of an error that nothing caught')
      else app.log.info({ signal }, 'stopping')
      await app.close()
      app.log.info('stopped')
    })
    await app.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    if (stopping) return // A signal came before it listened.
    const what = error instanceof EnvironmentError ? 'Invalid configuration' : 'The start failed'
    console.error(`${what}:\n${(error as Error).message}`)
    process.exit(1)
  }
}
