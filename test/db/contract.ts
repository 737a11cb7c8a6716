/** What `db/store.ts` promises, as tests for an engine. */
import type { Test } from 'tap'
import { alertPathContract } from './contract/alert-paths.ts'
import { alertContract } from './contract/alerts.ts'
import { batchContract } from './contract/batches.ts'
import { coverageContract } from './contract/coverage.ts'
import { credentialContract } from './contract/credentials.ts'
import { dueTimeContract } from './contract/due-times.ts'
import { exportContract } from './contract/exports.ts'
import { externalIdContract } from './contract/external-ids.ts'
import { feedContract } from './contract/feed.ts'
import { feedTagContract } from './contract/feed-tags.ts'
import { freshnessContract } from './contract/freshness.ts'
import { historyContract } from './contract/history.ts'
import { idempotencyContract } from './contract/idempotency.ts'
import { lifecycleContract } from './contract/lifecycle.ts'
import { listContract } from './contract/lists.ts'
import { lowestPriorContract } from './contract/lowest-prior.ts'
import { moversContract } from './contract/movers.ts'
import { namedVersionContract } from './contract/named-versions.ts'
import { offerContract } from './contract/offers.ts'
import { pollContract } from './contract/polls.ts'
import { priceListContract } from './contract/price-lists.ts'
import { productContract } from './contract/products.ts'
import { readyAnswerContract } from './contract/ready-answers.ts'
import { registrationContract } from './contract/registrations.ts'
import { retaggingContract } from './contract/retagging.ts'
import { rolledUpContract } from './contract/rolled-up.ts'
import { searchContract } from './contract/search.ts'
import { staleContract } from './contract/stale.ts'
import { staleListContract } from './contract/stale-lists.ts'
import { statisticsContract } from './contract/statistics.ts'
import { tagAlertContract } from './contract/tag-alerts.ts'
import { taggedListContract } from './contract/tagged-lists.ts'
import { tagContract } from './contract/tags.ts'
import { versionContract } from './contract/versions.ts'
import { webhookProductContract } from './contract/webhook-products.ts'
import { webhookContract } from './contract/webhooks.ts'
import { workTokenContract } from './contract/work-tokens.ts'
import { contractTests, type OpenDatabase } from './fixture.ts'

const PARTS = [
  productContract,
  batchContract,
  externalIdContract,
  tagContract,
  retaggingContract,
  idempotencyContract,
  listContract,
  searchContract,
  offerContract,
  registrationContract,
  pollContract,
  dueTimeContract,
  workTokenContract,
  staleContract,
  staleListContract,
  priceListContract,
  taggedListContract,
  freshnessContract,
  credentialContract,
  lifecycleContract,
  historyContract,
  lowestPriorContract,
  coverageContract,
  feedContract,
  feedTagContract,
  alertContract,
  alertPathContract,
  tagAlertContract,
  exportContract,
  webhookContract,
  webhookProductContract,
  namedVersionContract,
  moversContract,
  rolledUpContract,
  statisticsContract,
  versionContract,
  readyAnswerContract,
]

/** Runs the contract on an engine. `database` makes a new, empty database. */
export function storeContract(engine: string, database: (t: Test) => Promise<OpenDatabase>): void {
  const tests = contractTests(engine, database)
  for (const part of PARTS) part(tests)
}
