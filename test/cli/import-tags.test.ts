import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.ts'
import { listAll } from '../routes/helper.ts'
import { cli, startService } from './helper.ts'

const { app, url } = await startService(t)

async function importFile(name: string, text: string, ...flags: string[]) {
  const file = join(await temporaryFolder(t), name)
  await writeFile(file, text)
  return cli(['import', file, '--url', url, '--on-conflict', 'update', ...flags])
}

const labelsOf = async (key: string) => {
  const all = await listAll(app, 'sort=created_at')
  return all
    .filter(({ external_id }) => external_id === key)
    .map(({ tags, metadata }) => ({ tags, metadata }))
}

const FILES: [what: string, file: string, text: string, left: object][] = [
  [
    'a cell of tags as shops export them',
    'a.csv',
    'external_id,name,Tags\nKEY,a,"sale, garden ,4\\, 5"\n',
    { tags: ['sale', 'garden', '4, 5'], metadata: { a: 'b' } },
  ],
  ['an empty cell of tags', 'a.csv', 'external_id,name,tags\nKEY,a,\n', { tags: [] }],
  [
    'metadata as JSON',
    'a.csv',
    'external_id;name;metadata\nKEY;a;"{""colour"":""red""}"\n',
    { tags: ['old'], metadata: { colour: 'red' } },
  ],
  ['an empty cell of metadata', 'a.csv', 'external_id,name,metadata\nKEY,a,\n', { metadata: {} }],
  ['a file without them', 'a.csv', 'external_id,name\nKEY,a\n', { tags: ['old'] }],
  [
    'NDJSON',
    'a.ndjson',
    '{"external_id":"KEY","name":"a","tags":[" x "],"metadata":{"a":"c"}}\n',
    { tags: ['x'], metadata: { a: 'c' } },
  ],
  [
    'null in NDJSON',
    'a.ndjson',
    '{"external_id":"KEY","name":"a","tags":null,"metadata":null}\n',
    { tags: ['old'], metadata: { a: 'b' } },
  ],
]
for (const [index, [what, file, text, left]] of FILES.entries()) {
  t.test(`a product is updated by ${what}`, async (t) => {
    const old = { name: 'a', external_id: `${index}`, tags: ['old'], metadata: { a: 'b' } }
    await importFile('old.ndjson', JSON.stringify(old))
    t.equal((await importFile(file, text.replace('KEY', `${index}`))).code, 0)
    t.match(await labelsOf(`${index}`), [left])
  })
}

t.test('metadata that is not JSON, and duplicate tags, are refused', async (t) => {
  const text = 'name,tags,metadata\na,,{colour}\nb,"x,x",\n'
  const { code, stderr } = await importFile('a.csv', text)
  t.equal(code, 3)
  t.match(stderr, 'The metadata must be a JSON object')
  t.match(stderr, 'The tags must differ from each other: "x" is there twice')
})

t.test('tags and metadata come from the columns that are named', async (t) => {
  const flags = ['--map', 'tags=Labels', '--map', 'metadata=']
  const text = 'external_id,name,Labels,metadata\nmapped,a,x,nothing\n'
  t.equal((await importFile('a.csv', text, ...flags)).code, 0)
  t.strictSame(await labelsOf('mapped'), [{ tags: ['x'], metadata: {} }])
})
