import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { readConfig } from './config/config.ts'
import { EnvironmentError, loadEnvFile } from './config/environment.ts'

/** The process exits within ten seconds of a signal; half a second of that is for Node itself. */
const GRACE_MS = 9_500

/**
 * Runs the service until a signal arrives, with these variables in place of those of the environment. If startup
 * fails, the process exits with status 1.
 */
export async function serve(variables: Record<string, string | undefined> = {}): Promise<void> {
  let stopping = false
  try {
    loadEnvFile()
    const config = readConfig({ ...process.env, ...variables })
    const app = buildApp(config)
    closeWithGrace({ delay: GRACE_MS, logger: app.log }, async ({ signal, err }) => {
      stopping = true
      if (err) app.log.fatal({ err }, 'stopping because of an uncaught error')
      else app.log.info({ signal }, 'stopping')
      await app.close()
      app.log.info('stopped')
    })
    await app.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    if (stopping) return // A signal arrived during startup.
    const what =
      error instanceof EnvironmentError ? 'Invalid configuration' : 'The service could not start'
    console.error(`${what}:\n${(error as Error).message}`)
    process.exit(1)
  }
}
