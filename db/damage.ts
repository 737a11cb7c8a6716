import type { Damage } from './store.ts'

/** A part of a database that is damaged. */
export interface Finding extends Damage {
  /** Whether it follows from the rest of the database. */
  rebuildable: boolean
}

/** What was found, a line each. */
export function linesOf(found: readonly Finding[]): string[] {
  return found.map(({ part, means, detail, rebuildable }) => {
    const end = rebuildable ? '; can be rebuilt from the rest' : ''
    return `${part} (${means}): ${detail}${end}`
  })
}
