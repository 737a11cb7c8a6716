/** The number of offers drawn by default; more lines are hard to tell apart. */
const DEFAULT_LINES = 12

/** The offers that are drawn as lines of the chart. An offer keeps its style while it is drawn. */
export interface Lines {
  /** The number of each offer's style. */
  slots: ReadonlyMap<string, number>
  /** The offers among them that are not drawn now. */
  hidden: ReadonlySet<string>
}

export const NO_LINES: Lines = { slots: new Map(), hidden: new Set() }

/** Gives an offer the first unused style. */
function addTo(slots: Map<string, number>, offerId: string): void {
  const taken = new Set(slots.values())
  let slot = 0
  while (taken.has(slot)) slot += 1
  slots.set(offerId, slot)
}

/**
 * Gives the first offers on sale a line, up to the default number. If a new offer exceeds it, an offer that is no
 * longer on sale loses its line.
 */
export function withFirst(lines: Lines, onSale: string[]): Lines {
  const known = [...lines.slots]
  const present = known.filter(([id]) => onSale.includes(id))
  const past = known.filter(([id]) => !onSale.includes(id))
  const room = Math.max(0, DEFAULT_LINES - present.length)
  const fresh = onSale.filter((id) => !lines.slots.has(id)).slice(0, room)
  if (fresh.length === 0) return lines
  const tooMany = Math.max(0, past.length + fresh.length - room)
  const slots = new Map([...past.slice(tooMany), ...present])
  for (const id of fresh) addTo(slots, id)
  return { ...lines, slots }
}

/** The lines in the query of an address; offers that have had a style keep it. */
export function linesIn(query: URLSearchParams, before: Lines['slots']): Lines {
  const slots = new Map(before)
  for (const id of query.getAll('show')) if (!slots.has(id)) addTo(slots, id)
  return { slots, hidden: new Set(query.getAll('hide')) }
}

/** The query of an address for these lines: how they differ from what is drawn by default. */
export function queryOfLines(lines: Lines, onSale: string[]) {
  const { slots } = withFirst(NO_LINES, onSale)
  return { show: drawn(lines).filter((id) => !slots.has(id)), hide: [...lines.hidden] }
}

/** Whether an offer is drawn. */
export function isDrawn({ slots, hidden }: Lines, offerId: string): boolean {
  return slots.has(offerId) && !hidden.has(offerId)
}

/** The ids of the offers that are drawn. */
export function drawn(lines: Lines): string[] {
  return [...lines.slots.keys()].filter((id) => isDrawn(lines, id))
}

/** Shows a hidden offer, or hides a shown one. */
export function toggled(lines: Lines, offerId: string): Lines {
  const hidden = new Set(lines.hidden)
  if (isDrawn(lines, offerId)) hidden.add(offerId)
  else hidden.delete(offerId)
  const slots = new Map(lines.slots)
  if (!slots.has(offerId)) addTo(slots, offerId)
  return { slots, hidden }
}
