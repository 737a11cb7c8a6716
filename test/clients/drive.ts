import type { Test } from 'tap'
import { type Answer, startService } from './service.ts'
import { generate } from './workspace.ts'

/** The part of an OpenAPI document that names the operations. */
interface Document {
  paths: Record<string, Record<string, { operationId: string }>>
}

/** An operation, with a pattern for the paths at which it is called. */
interface Operation {
  id: string
  method: string
  path: RegExp
  /** Whether it is one of the API, not of the system. */
  inApi: boolean
}

function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      inApi: path.startsWith('/api/'),
    })),
  )
}

/** The statuses with which an operation was answered. */
function statusesOf({ method, path }: Operation, answers: Answer[]): number[] {
  return answers
    .filter((answer) => answer.method === method && path.test(answer.path))
    .map(({ status }) => status)
}

/**
 * Generates a client as the page has it below this heading, type-checks it with the page's code and
 * with the program of this name, and has that use every operation of a running service.
 */
export async function drive(t: Test, program: string, heading: string): Promise<void> {
  const service = await startService(t)
  const document = (await (await fetch(`${service.url}/docs/json`)).json()) as Document
  const operations = operationsOf(document).filter(({ method }) => method !== 'HEAD')
  const { check, uses } = await generate(t, program, heading, service.url)

  await t.test('its types are right', async (t) => {
    const { ok, output, faults } = await check()
    t.ok(ok, output + faults)
  })

  const byOperation = await uses()
  await t.test('every operation has a use', async (t) => {
    t.strictSame(Object.keys(byOperation).sort(), operations.map(({ id }) => id).sort())
  })
  const before = service.answers().length
  for (const [id, use] of Object.entries(byOperation)) {
    await t.test(id, () => use(service))
  }

  await t.test('every operation was answered well and, in the API, also badly', async (t) => {
    const answers = service.answers().slice(before)
    for (const operation of operations) {
      const statuses = statusesOf(operation, answers)
      const good = statuses.filter((status) => status < 300)
      const bad = statuses.filter((status) => status >= 400)
      t.ok(good.length > 0, operation.id)
      t.ok(bad.length > 0 || !operation.inApi, `${operation.id}, badly`)
    }
  })
}
