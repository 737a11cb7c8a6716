import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openStateJournal, type StateEvent } from '../../simulator/state-journal.ts'

const FIRST = '{"type":"journal","version":1,"generation":1}\n'

function eventsIn(path: string): StateEvent[] {
  const events: StateEvent[] = []
  openStateJournal(path, 1, (event) => events.push(event)).close()
  return events
}

t.test('a new journal says what it is', async (t) => {
  const path = join(t.testdir(), 'journal')
  t.same(eventsIn(path), [])
  t.equal(await readFile(path, 'utf8'), FIRST)
})

t.test('hands over the events after the first line', async (t) => {
  const path = join(t.testdir({ journal: `${FIRST}{"type":"reset"}\n` }), 'journal')
  t.same(eventsIn(path), [{ type: 'reset' }])
})

const refused: [string, string, string][] = [
  ['another file', '{"name":"product-aggregator"}\n', 'line 1: not a journal of the simulator'],
  ['a later version', FIRST.replace('1', '2'), 'line 1: not a journal of the simulator'],
  [
    'the other generation',
    FIRST.replace('"generation":1', '"generation":2'),
    'line 1: a journal of generation 2, not 1',
  ],
  ['an unknown event', `${FIRST}{"type":"?"}\n`, 'line 2: not an event of the simulator'],
  [
    'an event with a wrong type',
    `${FIRST}{"type":"token","owner":1,"token":"a","expires":null}\n`,
    'line 2: not an event of the simulator',
  ],
]
for (const [name, journal, message] of refused) {
  t.test(`refuses ${name} and leaves it as it is`, async (t) => {
    const path = join(t.testdir({ journal }), 'journal')
    t.throws(() => eventsIn(path), { message: `${path}, ${message}` })
    t.equal(await readFile(path, 'utf8'), journal)
  })
}
