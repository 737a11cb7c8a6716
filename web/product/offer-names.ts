const LENGTH = 8

/**
 * A short name for each of these ids: its first characters, or its last ones where the first do not tell
 * the ids apart, as those of ids that begin with a time.
 */
export function offerNames(ids: Iterable<string>): Map<string, string> {
  const all = [...new Set(ids)]
  const apart = new Set(all.map((id) => id.slice(0, LENGTH))).size === all.length
  return new Map(
    all.map((id) => [
      id,
      apart || id.length <= LENGTH ? id.slice(0, LENGTH) : `…${id.slice(-LENGTH)}`,
    ]),
  )
}
