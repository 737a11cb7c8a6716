import { readFile } from 'node:fs/promises'
import t from 'tap'
import app from '../../app.json' with { type: 'json' }
import { Config } from '../../config/config.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { cli } from '../cli/helper.ts'

/** The processes of the Procfile, with their commands. */
async function processes(): Promise<Record<string, string>> {
  const text = await readFile(new URL('../../Procfile', import.meta.url), 'utf8')
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(': ')),
  )
}

t.test('Heroku starts the service as npm does', async (t) => {
  t.equal((await processes()).web, packageJson.scripts.start)
})

t.test('before a new version Heroku runs a command that exists', async (t) => {
  const words = String((await processes()).release).split(' ')
  t.strictSame(words.slice(0, 2), ['node', 'cli/main.ts'])
  t.equal((await cli([...words.slice(2), '--help'])).code, 0)
})

t.test('what the deploy button asks for are variables of the service', async (t) => {
  t.strictSame(
    Object.keys(app.env).filter((name) => !(name in Config.properties)),
    [],
  )
  t.notOk('DATABASE_URL' in app.env, 'the database sets it')
  t.match(app.addons, [/^heroku-postgresql:/])
})
