/** Puts the name of a database before the message of what fails on it. */
export function named<Result>(name: string, work: Promise<Result>): Promise<Result> {
  return work.catch((cause: Error) => {
    throw new Error(`${name}: ${cause.message}`, { cause })
  })
}
