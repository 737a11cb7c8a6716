import { once } from 'node:events'
import { beside } from './beside.ts'
import { result, startClient } from './clients.ts'
import { YEAR_MS } from './market.ts'
import { ago, onService } from './service.ts'
import type { Step } from './step.ts'

/** How long an export takes, and what it does to others. */
export const exportPrices: Step = ({ database }) =>
  onService(database, async (service) => {
    for (const query of ['format=csv', 'format=ndjson', `format=csv&${ago(YEAR_MS)}`]) {
      const drain = startClient('drain', `${service.url}/export/prices?${query}`)
      await once(drain, 'message')
      await beside(service, `export ${query}`, () => result(drain, 'begin'))
    }
  })
