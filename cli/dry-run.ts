import type { ProductInput } from '../import-export/fields.ts'
import type { BatchAnswer } from '../import-export/import.ts'
import { briefJson } from './text.ts'

/** The number of rows to show: enough to see whether the right columns are read. */
const MAX_SHOWN = 5

function described(row: ProductInput): string {
  const given = Object.entries(row).filter(([, value]) => value !== undefined)
  return given.map(([field, value]) => `${field} ${briefJson(value)}`).join(', ')
}

/**
 * Stands in for the service: answers as the service would, by the same rules, but creates nothing. `lines` shows
 * the first rows as they were read.
 */
export async function startDryRun() {
  // Loaded only here, because they take a while and no other command needs them.
  const { default: fastify } = await import('fastify')
  const { default: sensible } = await import('@fastify/sensible')
  const { default: validation } = await import('../plugins/validation.ts')
  const { refusalBy } = await import('../routes/products-batch.ts')
  const app = fastify().register(sensible).register(validation)
  await app.ready()
  const refusal = refusalBy(app)
  const lines: string[] = []

  async function send(items: ProductInput[]): Promise<BatchAnswer> {
    const room = MAX_SHOWN - lines.length
    lines.push(...items.slice(0, room).map((item) => `  ${described(item)}`))
    // The items as the service would receive them: JSON drops undefined properties.
    const sent: unknown[] = JSON.parse(JSON.stringify(items))
    return sent.map((item, index) => ({ index, error: refusal(item) }))
  }
  return { send, lines }
}
