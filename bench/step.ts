import type { Databases } from './databases.ts'
import type { StepFigure } from './figures.ts'
import type { Load } from './load.ts'
import type { Session } from './session.ts'

/** What a step has at its disposal. */
export interface Bench {
  session: Session
  data: Databases
  load: Load
  /** How often each side of a comparison is measured. */
  rounds: number
}

/** Measures some figures, each of which it gives when it is known. */
export type Step = (bench: Bench) => AsyncGenerator<StepFigure>
