import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { writeWhole } from '../../db/whole-file.ts'
import { temporaryFolder } from '../helper.ts'

t.test('a file is there when it is whole, and nothing else is', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  await writeFile(path, 'old')
  const result = await writeWhole(path, async (temporary) => {
    t.equal(dirname(dirname(temporary)), folder, 'a rename can put it in its place')
    await writeFile(temporary, 'new')
    t.equal(await readFile(path, 'utf8'), 'old')
    return 'done'
  })
  t.equal(result, 'done')
  t.equal(await readFile(path, 'utf8'), 'new')
  t.same(await readdir(folder), ['file'])
})

const FAILURES: [what: string, write: (temporary: string) => Promise<void>][] = [
  [
    'writing it fails',
    async (temporary) => {
      await writeFile(temporary, 'half')
      throw new Error('disk full')
    },
  ],
  ['nothing is written', async () => {}],
]
for (const [what, write] of FAILURES) {
  t.test(`the old file stays, alone, where ${what}`, async (t) => {
    const folder = await temporaryFolder(t)
    const path = join(folder, 'file')
    await writeFile(path, 'old')
    await t.rejects(writeWhole(path, write))
    t.equal(await readFile(path, 'utf8'), 'old')
    t.same(await readdir(folder), ['file'])
  })
}

t.test('how it is put in place can be told', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'file')
  const write = (temporary: string) => writeFile(temporary, 'new')
  await writeWhole(path, write, (temporary, path) => rename(temporary, `${path}.1`))
  t.same(await readdir(folder), ['file.1'])
})

t.test('a folder that is not there is named', async (t) => {
  const path = join(await temporaryFolder(t), 'none', 'file')
  await t.rejects(
    writeWhole(path, async () => {}),
    { code: 'ENOENT' },
  )
})
