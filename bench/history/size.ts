import { join } from 'node:path'
import { MINUTE_MS } from '../../history/time.ts'
import { bytesOf, rounded } from './figures.ts'
import { markets, NOW, opened, poll, polls, settleAll } from './market.ts'
import type { HistoryStep } from './step.ts'

const SHAPES = [
  { products: 100, offers: 10, changing: 10, polls: 1000 },
  { products: 1000, offers: 1, changing: 1, polls: 1000 },
  { products: 1000, offers: 10, changing: 1, polls: 1000 },
]

/** Measures the size of a change in the database. */
export const size: HistoryStep = async ({ folder, scale }) => {
  const columns: Record<string, Record<string, number>> = {}
  for (const [index, shape] of SHAPES.entries()) {
    const path = join(folder, `size-${index}.db`)
    const first = NOW - shape.polls * scale * MINUTE_MS
    const listing = await opened(path)
    const all = await markets(listing.store, shape.products, shape.offers, first)
    await listing.store.settle(all.map((market) => poll(market, first)))
    await listing.store.close()
    const before = bytesOf(path)

    const { store } = await opened(path)
    const began = performance.now()
    const from = first + MINUTE_MS
    await settleAll(store, polls(all, from, NOW + MINUTE_MS, MINUTE_MS, shape.changing))
    const took = (performance.now() - began) / 1000
    await store.close()
    const changes = shape.polls * scale * shape.products * shape.changing
    const column: Record<string, number> = { changes }
    let sum = 0
    for (const [name, bytes] of bytesOf(path)) {
      const growth = bytes - (before.get(name) ?? 0)
      if (growth !== 0) column[name] = rounded(growth / changes)
      if (name !== 'the file') sum += growth
    }
    column['all tables and indexes'] = rounded(sum / changes)
    column['changes/s'] = Math.round(changes / took)
    columns[`${shape.products} × ${shape.offers}, ${shape.changing} a poll`] = column
  }
  console.log('size: bytes a change')
  const names = new Set(Object.values(columns).flatMap((column) => Object.keys(column)))
  console.table(
    Object.fromEntries(
      [...names].map((name) => [
        name,
        Object.fromEntries(
          Object.entries(columns).map(([shape, column]) => [shape, column[name] ?? 0]),
        ),
      ]),
    ),
  )
}
