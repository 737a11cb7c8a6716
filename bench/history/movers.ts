import { beside } from './beside.ts'
import { onService } from './service.ts'
import type { Step } from './step.ts'

/** How long it takes to find the biggest movers, and what that does to others. */
export const movers: Step = ({ database }) =>
  onService(database, async (service) => {
    for (const window of ['24h', '7d', '30d']) {
      await beside(service, `movers of ${window}`, async () => {
        const url = `/api/v1/movers?window=${window}&limit=200`
        const { statusCode, rawPayload } = await service.app.inject(url)
        return { status: statusCode, bytes: rawPayload.length }
      })
    }
  })
