/** The entry point of the command line. */
import { loadEnvFile } from '../config/environment.ts'
import { EXIT } from './context.ts'
import { run } from './program.ts'

loadEnvFile()

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort()) // A second one ends the process at once.

const { env, stdin, stdout, stderr } = process
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return // The reader may close the pipe early, as `head` does.
  stderr.write(`error: ${message}\n`)
  process.exit(EXIT.failed)
})
process.exitCode = await run(process.argv.slice(2), {
  env,
  stdin,
  stdout,
  stderr,
  signal: interruption.signal,
  exitCode: EXIT.done,
})
