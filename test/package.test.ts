import { readFile } from 'node:fs/promises'
import t from 'tap'

t.test('the lockfile tells npm not to compile better-sqlite3', async (t) => {
  // The package ships its binaries and says `gypfile: false`. npm 10 does not copy that into the
  // lockfile and would then want Python and a compiler, so it is put there by hand; each
  // `npm install` of something drops it again.
  const lock = JSON.parse(
    await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'),
  ) as { packages: Record<string, { gypfile?: boolean }> }
  t.equal(lock.packages['node_modules/better-sqlite3']?.gypfile, false)
})
