/**
 * What the image runs to see whether the service in it is ready: ends with status 0 if it is, else with 1 and a reason.
 * A program of its own, since it runs every few seconds and loading the whole command line takes half a second.
 */
import { serviceUrl } from './service-url.ts'

const TIMEOUT_MS = 2_500

try {
  const url = `${serviceUrl(process.env)}/health/ready`
  const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (status !== 200) throw new Error(`${url} answered ${status}`)
} catch (error) {
  const { message, cause } = error as Error
  console.error(`not ready: ${cause instanceof Error ? cause.message : message}`)
  process.exitCode = 1
}
