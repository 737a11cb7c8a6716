import type { Generation } from '../offers/protocol.ts'
import { type Answers, createAnswers, type LastingOffer } from './answers.ts'
import { createFaults, type Faults } from './faults.ts'
import { createServed, type Served } from './served.ts'
import { openState, type State } from './state.ts'

/** The only refresh token that is accepted unless others are given (generation 2). */
export const DEFAULT_REFRESH_TOKEN = 'simulator-refresh-token'

/** How a simulator is made; everything has a default. */
export interface SimulatorOptions {
  /** Default 1. */
  generation?: Generation
  /** Refresh tokens that are accepted (generation 2); default only `DEFAULT_REFRESH_TOKEN`. */
  refreshTokens?: readonly string[]
  /** Which market is shown, and which requests meet faults; default 1. */
  seed?: number | string
  /** How often the market moves, in milliseconds; default one minute. */
  tickMs?: number
  /** If given, every product always has so many offers, for benchmarks. */
  offers?: number
  /** If given, an offer that is always on sale beside those of the market. */
  lasting?: LastingOffer
  /** The time in milliseconds since 1970; default `Date.now`. */
  clock?: () => number
  /** The file that keeps tokens and registrations over a restart; default none. */
  statePath?: string
  /** Whether every answer is kept in the log, with its body; default false. */
  log?: boolean
}

/** What a simulator consists of, for tests in the same process: `app.simulator`. */
export interface Simulator {
  readonly generation: Generation
  readonly refreshTokens: ReadonlySet<string>
  readonly clock: () => number
  /** Tokens and registrations. */
  readonly state: State
  /** The market, and answers put in its place. */
  readonly answers: Answers
  /** Failures that requests are to meet. */
  readonly faults: Faults
  /** Counts and the log. */
  readonly served: Served
  /** Back to the start: no tokens, products, faults, set answers or counts. */
  reset(): void
}

/** Makes the parts of a simulator, and opens its journal if it has one. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { generation = 1, seed = 1, tickMs = 60_000, clock = Date.now } = options
  const {
    refreshTokens = [DEFAULT_REFRESH_TOKEN],
    statePath,
    log = false,
    offers,
    lasting,
  } = options
  const state = openState(generation, statePath)
  const answers = createAnswers({ generation, seed, tickMs, clock, offers, lasting })
  const faults = createFaults(seed)
  const served = createServed(log)
  return {
    generation,
    refreshTokens: new Set(refreshTokens),
    clock,
    state,
    answers,
    faults,
    served,
    reset() {
      for (const part of [state, answers, faults, served]) part.reset()
    },
  }
}

/** The form in which a product id is kept: a UUID is the same in capitals and as a URN. */
export const productKey = (id: string) => id.slice(-36).toLowerCase()
