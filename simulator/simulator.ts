import type { Generation } from '../offers/protocol.ts'
import { type Answers, createAnswers, type LastingOffer } from './answers.ts'
import { createFaults, type Faults } from './faults.ts'
import { createServed, type Served } from './served.ts'
import { openState, type State } from './state.ts'

/** The refresh token accepted by default (generation 2). */
export const DEFAULT_REFRESH_TOKEN = 'simulator-refresh-token'

/** Options of a simulator; all have defaults. */
export interface SimulatorOptions {
  /** Default 1. */
  generation?: Generation
  /** Accepted refresh tokens (generation 2); default only `DEFAULT_REFRESH_TOKEN`. */
  refreshTokens?: readonly string[]
  /** Determines the market and which requests get faults; default 1. */
  seed?: number | string
  /** How often the market changes, in milliseconds; default one minute. */
  tickMs?: number
  /** If given, every product always has this many offers, for benchmarks. */
  offers?: number
  /** If given, an offer that is always on sale besides those of the market. */
  lasting?: LastingOffer
  /** The time in milliseconds since 1970; default `Date.now`. */
  clock?: () => number
  /** The file that keeps tokens and registrations across restarts; default none. */
  statePath?: string
  /** Whether every answer is kept in the log, with its body; default false. */
  log?: boolean
}

/** The parts of a simulator, for tests in the same process: `app.simulator`. */
export interface Simulator {
  readonly generation: Generation
  readonly refreshTokens: ReadonlySet<string>
  readonly clock: () => number
  /** Tokens and registrations. */
  readonly state: State
  /** The market, and answers set in its place. */
  readonly answers: Answers
  /** The faults to apply to requests. */
  readonly faults: Faults
  /** Counts and the log. */
  readonly served: Served
  /** Resets everything: no tokens, products, faults, set answers or counts. */
  reset(): void
}

/** Creates the parts of a simulator, and opens its journal if it has one. */
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

/** The canonical form of a product id: a UUID is the same in capitals and as a URN. */
export const productKey = (id: string) => id.slice(-36).toLowerCase()
