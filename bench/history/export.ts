import { once } from 'node:events'
import { beside } from './beside.ts'
import { result, startClient } from './clients.ts'
import { YEAR_MS } from './market.ts'
import { ago, onService } from './service.ts'
import type { HistoryStep } from './step.ts'

/** Measures how long an export takes, and how it affects other requests. */
export const exportPrices: HistoryStep = ({ database }) =>
  onService(database, async (service) => {
    for (const query of ['format=csv', 'format=ndjson', `format=csv&${ago(YEAR_MS)}`]) {
      const drain = startClient('drain', `${service.url}/export/prices?${query}`)
      await once(drain, 'message')
      await beside(service, `export ${query}`, () => result(drain, 'begin'))
    }
  })
