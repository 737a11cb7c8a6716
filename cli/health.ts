/**
 * The health check of the image. It exits with 0 if the service is ready, and with 1 and a reason otherwise. It is
 * a separate program because it runs every few seconds, and loading the whole command line takes half a second.
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
