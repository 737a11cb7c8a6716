/** So many offers are drawn without being asked for; more lines than that are hard to tell apart. */
const FIRST_LINES = 12

/** Which offers are drawn as lines of the chart. An offer keeps its look as long as it is drawn. */
export interface Lines {
  /** The look that each offer has, as a number. */
  slots: ReadonlyMap<string, number>
  /** Those of them that are not drawn now. */
  hidden: ReadonlySet<string>
}

export const NO_LINES: Lines = { slots: new Map(), hidden: new Set() }

/** Gives an offer the first look that no other one has. */
function addTo(slots: Map<string, number>, offerId: string): void {
  const taken = new Set(slots.values())
  let slot = 0
  while (taken.has(slot)) slot += 1
  slots.set(offerId, slot)
}

/**
 * Gives the first ones of these offers, all that are on sale, a line, as long as there are not too many.
 * For a new one that makes it too many, one that is not on sale any more goes.
 */
export function withFirst(lines: Lines, onSale: string[]): Lines {
  const known = [...lines.slots]
  const present = known.filter(([id]) => onSale.includes(id))
  const past = known.filter(([id]) => !onSale.includes(id))
  const room = Math.max(0, FIRST_LINES - present.length)
  const fresh = onSale.filter((id) => !lines.slots.has(id)).slice(0, room)
  if (fresh.length === 0) return lines
  const tooMany = Math.max(0, past.length + fresh.length - room)
  const slots = new Map([...past.slice(tooMany), ...present])
  for (const id of fresh) addTo(slots, id)
  return { ...lines, slots }
}

/** Whether an offer is drawn. */
export function isDrawn({ slots, hidden }: Lines, offerId: string): boolean {
  return slots.has(offerId) && !hidden.has(offerId)
}

/** The offers that are drawn. */
export function drawn(lines: Lines): string[] {
  return [...lines.slots.keys()].filter((id) => isDrawn(lines, id))
}

/** Draws an offer that is not drawn, and the other way round. */
export function toggled(lines: Lines, offerId: string): Lines {
  const hidden = new Set(lines.hidden)
  if (isDrawn(lines, offerId)) hidden.add(offerId)
  else hidden.delete(offerId)
  const slots = new Map(lines.slots)
  if (!slots.has(offerId)) addTo(slots, offerId)
  return { slots, hidden }
}
