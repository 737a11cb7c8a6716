import type { ProductInput } from '../import-export/fields.ts'
import type { BatchAnswer } from '../import-export/import.ts'
import type { OnConflict } from '../schemas/batch.ts'
import type { apiAt } from './api.ts'
import { TakenKeys } from './taken-keys.ts'
import { briefJson } from './text.ts'

/** The number of rows to show: enough to see whether the right columns are read. */
const MAX_SHOWN = 5

function described(row: ProductInput): string {
  const given = Object.entries(row).filter(([, value]) => value !== undefined)
  return given.map(([field, value]) => `${field} ${briefJson(value)}`).join(', ')
}

/** What the service does with an item whose external id is taken. */
const ON_TAKEN: Record<OnConflict, (externalId: string) => Omit<BatchAnswer[number], 'index'>> = {
  error: (externalId) => ({
    error: {
      message:
        `A product already has the external_id ${briefJson(externalId)}; ` +
        'choose --on-conflict skip or --on-conflict update, or another external_id',
    },
  }),
  skip: () => ({ status: 'skipped' }),
  update: () => ({ status: 'updated' }),
}

/**
 * Stands in for the service: answers as the service would, by the same rules, but changes nothing. It asks the
 * service itself which external ids are taken. `lines` shows the first rows as they were read; `unasked` says why
 * it could not ask.
 */
export async function startDryRun(
  call: ReturnType<typeof apiAt>,
  onConflict: OnConflict = 'error',
) {
  // Loaded only here, because they take a while and no other command needs them.
  const { default: fastify } = await import('fastify')
  const { default: sensible } = await import('@fastify/sensible')
  const { default: validation } = await import('../plugins/validation.ts')
  const { refusalBy } = await import('../routes/products-batch.ts')
  const app = fastify().register(sensible).register(validation)
  await app.ready()
  const refusal = refusalBy(app)
  const taken = new TakenKeys(call)
  const lines: string[] = []

  async function send(items: ProductInput[]): Promise<BatchAnswer> {
    const room = MAX_SHOWN - lines.length
    lines.push(...items.slice(0, room).map((item) => `  ${described(item)}`))
    // The items as the service would receive them: JSON drops undefined properties.
    const sent: unknown[] = JSON.parse(JSON.stringify(items))
    const refusals = sent.map(refusal)
    const keys = items.map(({ external_id: key }, index) =>
      typeof key === 'string' && !refusals[index] ? key : undefined,
    )
    await taken.ask(keys.filter((key) => key !== undefined))
    return refusals.map((error, index) => {
      const key = keys[index]
      const met = key !== undefined && !taken.take(key)
      return { index, ...(error ? { error } : met ? ON_TAKEN[onConflict](key) : undefined) }
    })
  }
  return { send, lines, unasked: () => taken.unasked }
}
