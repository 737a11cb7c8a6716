import type { ProductInput } from '../import-export/fields.ts'
import type { BatchAnswer } from '../import-export/import.ts'
import { briefJson } from './text.ts'

/** How many rows are shown, enough to tell whether the right columns are read. */
const MOST_SHOWN = 5

function described(row: ProductInput): string {
  const given = Object.entries(row).filter(([, value]) => value !== undefined)
  return given.map(([field, value]) => `${field} ${briefJson(value)}`).join(', ')
}

/**
 * Stands in for the service: gives the answers that it would give, by the same rules, and creates nothing.
 * `lines` has the first rows as they were read.
 */
export async function startDryRun() {
  // They take a while to load, for which no other command is to wait.
  const { default: fastify } = await import('fastify')
  const { default: sensible } = await import('@fastify/sensible')
  const { default: validation } = await import('../plugins/validation.ts')
  const { refusalBy } = await import('../routes/products-batch.ts')
  const app = fastify().register(sensible).register(validation)
  await app.ready()
  const refusal = refusalBy(app)
  const lines: string[] = []

  async function send(items: ProductInput[]): Promise<BatchAnswer> {
    const room = MOST_SHOWN - lines.length
    lines.push(...items.slice(0, room).map((item) => `  ${described(item)}`))
    // As the service gets them: what JSON leaves out is not there.
    const sent: unknown[] = JSON.parse(JSON.stringify(items))
    return sent.map((item, index) => ({ index, error: refusal(item) }))
  }
  return { send, lines }
}
