const LENGTH = 8

/**
 * Short names for these ids: their first characters, or their last ones if the first are not unique, as in ids that
 * begin with a timestamp.
 */
export function offerNames(ids: Iterable<string>): Map<string, string> {
  const all = [...new Set(ids)]
  const unique = new Set(all.map((id) => id.slice(0, LENGTH))).size === all.length
  return new Map(
    all.map((id) => [
      id,
      unique || id.length <= LENGTH ? id.slice(0, LENGTH) : `…${id.slice(-LENGTH)}`,
    ]),
  )
}
