import { Type } from '@sinclair/typebox'

/** The variable that the service, for its built-in simulator, and the simulator as a process of its own share. */
export const TickSeconds = Type.Number({
  default: 60,
  minimum: 0.01,
  maximum: 86_400,
  description: 'How often the offers of the simulator change, in seconds',
  allowed: 'a number from 0.01 to 86400',
})
