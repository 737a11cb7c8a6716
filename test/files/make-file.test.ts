import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeFile, makeFolderOf } from '../../files/make-file.ts'
import { temporaryFolder } from '../helper.ts'

t.test('the folder of a file is made with those above it, and may be there', async (t) => {
  const path = join(await temporaryFolder(t), 'a', 'b', 'file')
  makeFolderOf(path)
  makeFolderOf(path)
  t.ok((await stat(join(path, '..'))).isDirectory())
})

t.test('a file that has no folder in its path is in the present one', async () => {
  makeFolderOf('file')
})

t.test('a folder below a file is refused with its name and what to do', async (t) => {
  const file = join(await temporaryFolder(t), 'file')
  await writeFile(file, '')
  t.throws(() => makeFolderOf(join(file, 'sub', 'test.db')), {
    message: new RegExp(`^ENOTDIR: .*; make the folder ${file}/sub, or choose a path in a folder`),
  })
  t.throws(() => makeFolderOf(join(file, 'test.db')), { message: /^EEXIST: / })
})

t.test(
  'where the system lets nobody make a folder, this ends',
  {
    skip: process.platform === 'linux' ? false : 'needs /proc of Linux',
  },
  async (t) => {
    t.throws(() => makeFolderOf('/proc/none/such/test.db'), {
      message: /^ENOENT: .*; make the folder \/proc\/none\/such, or choose/,
    })
  },
)

t.test('a missing file is made for its owner alone, one that is there stays', async (t) => {
  const path = join(await temporaryFolder(t), 'file')
  makeFile(path)
  t.equal((await stat(path)).mode & 0o777, 0o600)
  await writeFile(path, 'content')
  makeFile(path)
  t.equal(await readFile(path, 'utf8'), 'content')
  t.throws(() => makeFile(join(path, 'file')), { message: /^ENOTDIR/ })
})
