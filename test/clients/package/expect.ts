/** Assertions for where there is no `node:assert`. */

/** Throws unless both are the same as JSON. */
export function same(actual: unknown, expected: unknown, what = 'it'): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what} is ${is}, and should be ${should}`)
}

/** What `promise` fails with; throws if it does not fail. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  const nothing = {}
  const error = await promise.then(
    () => nothing,
    (error) => error,
  )
  if (error === nothing) throw new Error('it does not fail')
  return error
}

/** Throws unless `promise` fails with an error that has these properties. */
export async function fails(promise: Promise<unknown>, expected: object): Promise<void> {
  const error = Object(await failure(promise))
  for (const [name, value] of Object.entries(expected)) same(error[name], value, name)
}

/** Collects garbage, if the runtime lets programs do that, and lets it call what waits for it. */
export async function collectGarbage(): Promise<void> {
  for (let time = 0; time < 3; time++) {
    if ('gc' in globalThis && typeof globalThis.gc === 'function') globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
