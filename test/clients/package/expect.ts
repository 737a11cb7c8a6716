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
