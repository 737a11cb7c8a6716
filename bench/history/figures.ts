import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { quantile as quantileOf } from '../figures.ts'

export const rounded = (value: number, digits = 2) => Number(value.toFixed(digits))
export const seconds = (since: number) => rounded((performance.now() - since) / 1000, 1)
export const megabytes = (bytes: number) => rounded(bytes / 2 ** 20, 1)

export const quantile = (times: number[], share: number) => rounded(quantileOf(times, share))

export const spread = (times: number[]) => ({
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  max: quantile(times, 1),
})

/** The size in bytes of each table and index of a closed database, and of the whole file. */
export function bytesOf(path: string): Map<string, number> {
  const db = new Database(path, { readonly: true })
  const select = db.prepare<[], [string, number]>(
    'SELECT name, pgsize FROM dbstat WHERE aggregate = 1',
  )
  const bytes = new Map(select.raw().all())
  db.close()
  return bytes.set('the file', statSync(path).size)
}
