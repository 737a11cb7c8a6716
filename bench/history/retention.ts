import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { DAY_MS } from '../../history/time.ts'
import { answersOf } from './answers.ts'
import { compactAll } from './compaction.ts'
import { bytesOf, megabytes, rounded, seconds, spread } from './figures.ts'
import { lively } from './lively.ts'
import { markets, NOW, type Opened, opened, settleAll } from './market.ts'
import type { HistoryStep } from './step.ts'

const PRIOR_DAYS = 100

/** Creates a product every 5 ms until `ended`, and returns the time of each create. */
async function createUntil({ store }: Opened, ended: () => boolean): Promise<number[]> {
  const writes: Promise<void>[] = []
  const times: number[] = []
  while (!ended()) {
    const began = performance.now()
    const write = store.createProduct({ name: 'A product' })
    writes.push(write.then(() => void times.push(performance.now() - began)))
    await delay(5)
  }
  await Promise.all(writes)
  return times
}

/** Measures the time that retention takes and the space that it frees, and checks that it does not change answers. */
export const retention: HistoryStep = async ({ folder }) => {
  const path = join(folder, 'retention.db')
  const filling = await opened(path)
  const all = await markets(filling.store, 20, 10, NOW - PRIOR_DAYS * DAY_MS)
  const ids = new Map(all.map(({ id, offers }) => [id, offers.map(({ id }) => id)]))
  const began = performance.now()
  await settleAll(filling.store, lively(all, NOW - PRIOR_DAYS * DAY_MS))
  console.log(`retention: ${PRIOR_DAYS} days written in ${seconds(began)} s`)
  await filling.store.close()
  const bytesBefore = bytesOf(path)

  const full = await opened(path)
  const before = await answersOf(full.store, all, ids)
  let ended = false
  const creating = createUntil(full, () => ended)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const compaction = await compactAll(full)
  loop.disable()
  ended = true
  const created = await creating
  const commits = spread(full.commits)
  const after = await answersOf(full.store, all, ids)
  await full.store.close()
  const bytesAfter = bytesOf(path)

  const differing = before.filter((answer, index) => !isDeepStrictEqual(answer, after[index]))
  console.log({
    ...compaction,
    commits_ms: commits,
    event_loop_delay_max_ms: rounded(loop.max / 1e6, 1),
    creates_beside: created.length,
    create_ms: spread(created),
    prices_compared: before.length,
    answered_differently: differing.length,
  })
  console.table(
    Object.fromEntries(
      ['history', 'rollups', 'changes', 'coverage', 'the file'].map((name) => [
        name,
        {
          before_mb: megabytes(bytesBefore.get(name) ?? 0),
          after_mb: megabytes(bytesAfter.get(name) ?? 0),
        },
      ]),
    ),
  )
}
