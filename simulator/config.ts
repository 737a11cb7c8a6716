import { type Static, Type } from '@sinclair/typebox'
import { readEnvironment } from '../config/environment.ts'
import { TickSeconds } from '../config/tick-seconds.ts'
import type { Generation } from '../offers/protocol.ts'

/** The variables that the simulator's process reads. */
export type SimulatorEnvironment = Static<typeof SimulatorEnvironment>
export const SimulatorEnvironment = Type.Object({
  SIMULATOR_HOST: Type.String({
    default: '127.0.0.1',
    description: 'The address to listen on',
    allowed: 'a host name or an IP address',
    pattern: '^\\S+$',
  }),
  SIMULATOR_PORT: Type.Integer({
    default: 4010,
    minimum: 0,
    maximum: 65_535,
    description: 'The port to listen on; 0 takes any free one',
    allowed: 'an integer from 0 to 65535',
  }),
  SIMULATOR_GENERATION: Type.Unsafe<Generation>(
    Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 2,
      description:
        'The generation of the protocol; the refresh token of the second is `simulator-refresh-token`',
      allowed: '1 or 2',
    }),
  ),
  SIMULATOR_SEED: Type.String({
    default: '1',
    description: 'Any text; the same seed gives the same offers',
    allowed: 'any text',
  }),
  SIMULATOR_TICK_SECONDS: TickSeconds,
  SIMULATOR_OFFERS: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1000,
      description: 'How many offers every product always has; unset: a lively market',
      allowed: 'an integer from 0 to 1000',
    }),
  ),
  SIMULATOR_STATE: Type.Optional(
    Type.String({
      description: 'The path of a file that keeps tokens and registrations over a restart',
      allowed: 'a path',
    }),
  ),
})

/** Reads the simulator's settings from environment variables. Throws `EnvironmentError`. */
export function readSimulatorEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): SimulatorEnvironment {
  return readEnvironment(SimulatorEnvironment, env)
}
