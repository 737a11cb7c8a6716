import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openJournal } from '../../simulator/journal.ts'

/** The events of a journal, which it closes again. */
function eventsIn(path: string): unknown[] {
  const events: unknown[] = []
  openJournal(path, (event) => events.push(event)).close()
  return events
}

t.test('a missing journal is made, with its folder, and for its owner only', async (t) => {
  const path = join(t.testdir(), 'a', 'b', 'journal')
  t.same(eventsIn(path), [])
  t.equal((await stat(path)).mode & 0o777, 0o600)
})

t.test('events are in the file when append returns, and come back in order', async (t) => {
  const path = join(t.testdir(), 'journal')
  const journal = openJournal(path, () => {})
  journal.append({ n: 1 })
  journal.append({ text: 'line\nbreak, sekačka' })
  t.same(eventsIn(path), [{ n: 1 }, { text: 'line\nbreak, sekačka' }])
  journal.close()
})

t.test('events are added after those of before', async (t) => {
  const path = join(t.testdir({ journal: '{"n":1}\n' }), 'journal')
  const journal = openJournal(path, () => {})
  journal.append({ n: 2 })
  journal.close()
  t.equal(await readFile(path, 'utf8'), '{"n":1}\n{"n":2}\n')
})

const torn: [string, Buffer][] = [
  ['half an event', Buffer.from('{"n":')],
  ['an event without its line break', Buffer.from('{"n":2}')],
  ['half a character', Buffer.from('{"n":"č').subarray(0, -1)],
]
for (const [name, end] of torn) {
  t.test(`a last line of ${name} is cut off, and the next event is whole`, async (t) => {
    const path = join(t.testdir({ journal: '{"n":1}\n' }), 'journal')
    await appendFile(path, end)
    const journal = openJournal(path, () => {})
    journal.append({ n: 3 })
    journal.close()
    t.same(eventsIn(path), [{ n: 1 }, { n: 3 }])
  })
}

t.test('a journal of nothing but a torn line is empty', async (t) => {
  const path = join(t.testdir({ journal: '{"n"' }), 'journal')
  t.same(eventsIn(path), [])
  t.equal(await readFile(path, 'utf8'), '')
})

t.test('a line that is not JSON is refused with its number', async (t) => {
  const path = join(t.testdir({ journal: '{"n":1}\n?\n{"n":3}\n' }), 'journal')
  t.throws(() => eventsIn(path), { message: `${path}, line 2: not JSON` })
  await writeFile(path, '\n')
  t.throws(() => eventsIn(path), { message: `${path}, line 1: not JSON` })
})
