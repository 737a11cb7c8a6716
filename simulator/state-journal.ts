import { type Static, Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Generation } from '../offers/protocol.ts'
import { type Journal, openJournal } from './journal.ts'

/** A change to the state of the simulator: one line of its journal. */
export type StateEvent = Static<typeof StateEvent>
export const StateEvent = Type.Union([
  Type.Object({
    type: Type.Literal('token'),
    owner: Type.String(),
    token: Type.String(),
    expires: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Unix seconds; null for never',
    }),
  }),
  Type.Object({
    type: Type.Literal('product'),
    owner: Type.String(),
    id: Type.String(),
    name: Type.String(),
    description: Type.String(),
  }),
  Type.Object({ type: Type.Literal('product_forgotten'), id: Type.String() }),
  Type.Object({ type: Type.Literal('tokens_revoked') }),
  Type.Object({ type: Type.Literal('reset') }),
])

const FirstLine = Type.Object({
  type: Type.Literal('journal'),
  version: Type.Literal(1),
  generation: Type.Union([Type.Literal(1), Type.Literal(2)]),
})

/**
 * Opens the journal of a state, and passes its events to `apply`. Throws for a journal of the other
 * generation or of another program, and leaves its lines unchanged.
 */
export function openStateJournal(
  path: string,
  generation: Generation,
  apply: (event: StateEvent) => void,
): Journal {
  const stateEvent = TypeCompiler.Compile(StateEvent)
  const firstLine = TypeCompiler.Compile(FirstLine)
  let lines = 0
  const journal = openJournal(path, (line, where) => {
    lines++
    if (lines > 1) {
      if (!stateEvent.Check(line)) throw new Error(`${where}: not an event of the simulator`)
      apply(line)
      return
    }
    if (!firstLine.Check(line)) throw new Error(`${where}: not a journal of the simulator`)
    if (line.generation !== generation)
      throw new Error(`${where}: a journal of generation ${line.generation}, not ${generation}`)
  })
  if (lines === 0) journal.append({ type: 'journal', version: 1, generation })
  return journal
}
