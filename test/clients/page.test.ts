import t from 'tap'
import { blocksBelow, commandsOf, filesOf, headings } from './page.ts'

/** The headings below which `drive` tries everything out. */
const TRIED = [
  'TypeScript: openapi-typescript and openapi-fetch',
  'TypeScript: @hey-api/openapi-ts',
]

t.test('all TypeScript of the page is where it is tried out', async (t) => {
  for (const heading of await headings()) {
    const blocks = await blocksBelow(heading)
    const files = filesOf(blocks)
    if (TRIED.includes(heading)) {
      t.ok(commandsOf(blocks).length > 0, heading)
      for (const { name, text } of files) t.ok(name, text)
    } else {
      t.strictSame(files, [], heading)
    }
  }
})
