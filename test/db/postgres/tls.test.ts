import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { migrate } from '../../../db/postgres/migrate.ts'
import { temporaryFolder } from '../../helper.ts'
import '../../postgres/database.ts'
import { startPostgres } from '../../postgres/server.ts'
import { instance } from './instances.ts'

/** A server that accepts only TLS, and its certificate. */
async function server(t: Test) {
  const server = await startPostgres({ tls: true })
  t.teardown(() => server.remove())
  const certificate = join(await temporaryFolder(t), 'server.crt')
  await copyFile(join(server.data, 'server.crt'), certificate)
  return { url: server.url('postgres'), certificate }
}

const MODES: [mode: string, refusal?: RegExp][] = [
  [''],
  ['?sslmode=prefer'],
  ['?sslmode=require'],
  ['?sslmode=disable', /no encryption/],
  ['?sslmode=verify-full', /self-signed certificate/],
  ['?sslmode=verify-ca&sslrootcert=CERTIFICATE'],
  ['?sslmode=verify-full&sslrootcert=CERTIFICATE', /does not match certificate's altnames/],
]

t.test('a certificate counts as sslmode says', async (t) => {
  const { url, certificate } = await server(t)
  for (const [mode, refusal] of MODES) {
    const database = url + mode.replace('CERTIFICATE', encodeURIComponent(certificate))
    if (refusal) await t.rejects(migrate(database), { message: refusal }, mode)
    else await t.resolves(migrate(database), mode)
  }
  const named = `${url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full&sslrootcert=`
  const store = await instance(t, named + encodeURIComponent(certificate))
  t.match(await store.createProduct({ name: 'a' }), { name: 'a' })
})
