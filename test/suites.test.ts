import { globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filesOf, SUITES } from './suites.ts'

const names = Object.keys(SUITES) as (keyof typeof SUITES)[]

t.test('every test file is in one suite, and some in the one that runs again', async (t) => {
  const exclude = ['clients/node_modules/**']
  const files = globSync('**/*.test.ts', { cwd: import.meta.dirname, exclude })
  const again = new Set(filesOf('on-postgres'))
  const once = names.filter((name) => name !== 'on-postgres')
  t.strictSame(once.flatMap(filesOf).sort(), files.sort())
  t.ok(again.size > 0)
  t.strictSame([...again.difference(new Set(files))], [])
})

t.test('every suite has its file', async (t) => {
  const entries = readdirSync(join(import.meta.dirname, 'suites'))
  t.strictSame(entries.sort(), names.map((name) => `${name}.ts`).sort())
})
