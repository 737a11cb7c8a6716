import type { Databases } from './databases.ts'
import type { StepFigure } from './figures.ts'
import type { Load } from './load.ts'
import type { Workspace } from './workspace.ts'

/** The input of a step. */
export interface Bench {
  workspace: Workspace
  data: Databases
  load: Load
  /** The number of rounds: how often each side of a comparison is measured. */
  rounds: number
}

/** Measures some figures, and yields each as soon as it is known. */
export type Step = (bench: Bench) => StepFigures

/** The figures of a step, each as soon as it is known. */
export type StepFigures = AsyncGenerator<StepFigure>
