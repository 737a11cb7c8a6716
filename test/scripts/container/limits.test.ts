import { readFile } from 'node:fs/promises'
import t from 'tap'
import { MAX_PROGRAM_MB, STOP_MS } from '../../../scripts/container/limits.ts'

t.test('docs/operations.md promises what is checked', async (t) => {
  const page = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
  const text = page.replaceAll(/\s+/g, ' ') // Wherever its lines break.
  t.match(text, `at most ${MAX_PROGRAM_MB} MB besides the base image`)
  t.equal(STOP_MS, 10_000)
  t.match(text, '`SIGTERM` and `SIGINT` stop it within ten seconds')
})
