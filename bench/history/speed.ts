import { quantile } from './figures.ts'
import { paths } from './paths.ts'
import { onService, type Service } from './service.ts'
import type { HistoryStep } from './step.ts'

async function requestAll(service: Service): Promise<void> {
  const rows: Record<string, Record<string, number>> = {}
  for (const [name, path] of Object.entries(await paths(service))) {
    const times: number[] = []
    const handlers: number[] = []
    let bytes = 0
    for (let n = -20; n < 400; n++) {
      const url = `/api/v1${path(Math.abs(n))}`
      const began = performance.now()
      const { statusCode, rawPayload } = await service.app.inject(url)
      const took = performance.now() - began
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${rawPayload}`)
      bytes = rawPayload.length
      if (n < 0) continue // Warm-up: the code is being compiled.
      times.push(took)
      handlers.push(service.handler.took)
    }
    rows[name] = {
      handler_p10_ms: quantile(handlers, 0.1),
      handler_p50_ms: quantile(handlers, 0.5),
      handler_p99_ms: quantile(handlers, 0.99),
      request_p50_ms: quantile(times, 0.5),
      request_p99_ms: quantile(times, 0.99),
      bytes,
    }
  }
  console.table(rows)
}

/** Measures how long reading trends, offers and changes takes. */
export const speed: HistoryStep = ({ database }) => onService(database, requestAll)
