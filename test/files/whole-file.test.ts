import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { writeWhole } from '../../files/whole-file.ts'
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

t.test('how it is put in place can be chosen', async (t) => {
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
    { message: `there is no folder ${dirname(path)}` },
  )
})

const LINKED: [what: string, target: string, old: string[]][] = [
  ['a file', 'data/file', ['file']],
  ['a file that is not there yet', 'data/file', []],
  ['another link', 'second', ['file']],
]
for (const [what, target, old] of LINKED) {
  t.test(`a link to ${what} stays, and the file that it names is replaced`, async (t) => {
    const folder = await temporaryFolder(t)
    const data = join(folder, 'data')
    await mkdir(data)
    for (const name of old) await writeFile(join(data, name), 'old')
    await symlink('data/file', join(folder, 'second'))
    const link = join(folder, 'link')
    await symlink(target, link)
    await writeWhole(link, async (temporary) => {
      t.equal(dirname(dirname(temporary)), data, 'a rename can put it in its place')
      await writeFile(temporary, 'new')
    })
    t.ok((await lstat(link)).isSymbolicLink())
    t.equal(await readFile(join(data, 'file'), 'utf8'), 'new')
    t.same(await readdir(data), ['file'])
    t.same((await readdir(folder)).sort(), ['data', 'link', 'second'])
  })
}

t.test('links that lead nowhere are reported', async (t) => {
  const folder = await temporaryFolder(t)
  const link = join(folder, 'link')
  await symlink('none/file', link)
  await t.rejects(
    writeWhole(link, async () => {}),
    { message: `there is no folder ${join(folder, 'none')}` },
  )
  const circle = join(folder, 'circle')
  await symlink('circle', circle)
  await t.rejects(
    writeWhole(circle, async () => {}),
    { code: 'ELOOP' },
  )
})

t.test('what is not a regular file is not replaced', async (t) => {
  const folder = await temporaryFolder(t)
  for (const path of [folder, '/dev/null']) {
    await t.rejects(
      writeWhole(path, async () => {}),
      { message: `${path} is not a regular file and cannot be replaced` },
    )
  }
})
