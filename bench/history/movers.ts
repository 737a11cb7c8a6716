import { beside } from './beside.ts'
import { onService } from './service.ts'
import type { HistoryStep } from './step.ts'

/** Measures how long finding the biggest movers takes, and how it affects other requests. */
export const movers: HistoryStep = ({ database }) =>
  onService(database, async (service) => {
    for (const window of ['24h', '7d', '30d']) {
      await beside(service, `movers of ${window}`, async () => {
        const url = `/api/v1/movers?window=${window}&limit=200`
        const { statusCode, rawPayload } = await service.app.inject(url)
        return { status: statusCode, bytes: rawPayload.length }
      })
    }
  })
