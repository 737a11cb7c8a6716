import type { Progress } from './ends.ts'

/** The table in which a target keeps where a copy stands. Only databases that are half copied have it. */
export const PROGRESS_TABLE = 'transfer_progress'

/** Why a half copy is not opened, and what to do. */
export const HALF_COPIED =
  'it holds a copy that migrate-to has not finished. Run the same migrate-to again, which continues where it ' +
  'stopped, or set DATABASE_URL to another database'

/** How the table keeps it. */
export interface ProgressRow {
  source: string
  state: string
}

export const progressRow = ({ source, ...state }: Progress): ProgressRow => ({
  source,
  state: JSON.stringify(state),
})

export function progressOf({ source, state }: ProgressRow): Progress {
  const rest: Omit<Progress, 'source'> = JSON.parse(state)
  return { source, ...rest }
}
