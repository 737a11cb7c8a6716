import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Product } from '../../schemas/product.ts'
import { temporaryFolder } from '../helper.ts'
import { create, listAll } from '../routes/helper.ts'
import { cli, startServer, startService } from './helper.ts'

const { app, url } = await startService(t)

async function fileWith(t: Test, text: string): Promise<string> {
  const file = join(await temporaryFolder(t), 'products.csv')
  await writeFile(file, text)
  return file
}

/** A product, and a file that meets it: by its key, with a new one twice, without one, and with a bad one. */
async function meeting(t: Test, word: string) {
  const old = await create(app, { name: `${word} old`, description: 'kept', external_id: word })
  const rows = [`${word},${word} met`, `${word}/2,${word} new`, `${word}/2,${word} again`]
  const file = await fileWith(
    t,
    `${['external_id,name', ...rows, `,${word} plain`, `..,${word} bad`].join('\n')}\n`,
  )
  return { old, file }
}

const namesOf = async (word: string) =>
  (await listAll(app, `q=${word}&sort=created_at`)).map(({ name }) => name.replace(`${word} `, ''))

const MODES: [mode: string[], told: string, left: string[]][] = [
  [[], '2 created, 3 refused', ['old', 'new', 'plain']],
  [['--on-conflict', 'error'], '2 created, 3 refused', ['old', 'new', 'plain']],
  [['--on-conflict', 'skip'], '2 created, 2 skipped, 1 refused', ['old', 'new', 'plain']],
  [['--on-conflict', 'update'], '2 created, 2 updated, 1 refused', ['met', 'again', 'plain']],
]
for (const [index, [mode, told, left]] of MODES.entries()) {
  const what = mode.at(-1) ?? 'by default'
  t.test(`rows that meet products by their external ids: ${what}`, async (t) => {
    const word = `mode${index}`
    const { old, file } = await meeting(t, word)
    const args = ['import', file, '--url', url, ...mode]

    const dry = await cli([...args, '--dry-run'])
    t.match(dry.stderr, `${told.replace('created', 'would be created')}; nothing was changed`)
    t.strictSame(await namesOf(word), ['old'])

    const done = await cli(args)
    t.match(done.stderr, `${told}, in `)
    t.equal(done.code, 3)
    t.strictSame(await namesOf(word), left)
    const product = (await app.inject(`/api/v1/products/${old.id}`)).json<Product>()
    t.match(product, { description: 'kept', external_id: word })
  })
}

t.test('a file that is imported again with --on-conflict update changes nothing', async (t) => {
  const file = await fileWith(t, 'SKU,name\nagain 1,a\nagain 2,b\n')
  const args = ['import', file, '--url', url, '--map', 'external_id=SKU', '--on-conflict', 'update']
  t.match((await cli(args)).stderr, '2 created, 0 refused')
  const { lastSeq } = app.store
  t.match((await cli(args)).stderr, '0 created, 2 updated, 0 refused')
  t.equal(app.store.lastSeq, lastSeq)
})

t.test('a dry run says what to do about a row whose external id is taken', async (t) => {
  await create(app, { name: 'a', external_id: 'advice 10%' })
  const file = await fileWith(t, 'external_id,name\nadvice 10%,b\n')
  const { stderr } = await cli(['import', file, '--url', url, '--dry-run'])
  t.match(
    stderr,
    'line 2 (b): A product already has the external_id "advice 10%"; ' +
      'choose --on-conflict skip or --on-conflict update, or another external_id',
  )
})

t.test('a dry run that cannot ask the service compares the rows of the file', async (t) => {
  const file = await fileWith(t, 'external_id,name\nx,a\nx,b\ny,c\n')
  const { code, stderr } = await cli(['import', file, '--url', 'http://127.0.0.1:1', '--dry-run'])
  t.match(stderr, /external ids were compared within the file alone: .*cannot be reached/)
  t.match(stderr, '2 would be created, 1 refused; nothing was changed')
  t.equal(code, 3)
})

t.test('a dry run asks a service in trouble once', async (t) => {
  let calls = 0
  const broken = await startServer(t, (_request, response) => {
    calls += 1
    response.writeHead(503).end('{}')
  })
  const rows = Array.from({ length: 100 }, (_, n) => `key ${n},a\n`).join('')
  const file = await fileWith(t, `external_id,name\n${rows}`)
  const { stderr } = await cli(['import', file, '--url', broken, '--dry-run'])
  t.match(stderr, /external ids were compared within the file alone: .* answered 503/)
  t.ok(calls <= 10)
})

t.test(
  'another word for --on-conflict is wrong usage, which names those that are right',
  async (t) => {
    const { code, stderr } = await cli(['import', 'a.csv', '--on-conflict', 'replace'])
    t.equal(code, 2)
    t.match(stderr, /Allowed choices are error, skip, update/)
  },
)
