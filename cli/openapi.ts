/** Writes the OpenAPI document that the service serves into the file `openapi.json`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../app.ts'
import { readConfig } from '../config.ts'

const folder = await mkdtemp(join(tmpdir(), 'aggregator-'))
const app = buildApp(
  readConfig({
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${join(folder, 'empty.db')}`,
    OFFERS_BASE_URL: 'http://127.0.0.1', // Nothing is called as long as there is no product.
  }),
)
try {
  await app.ready()
  await writeFile(
    new URL('../openapi.json', import.meta.url),
    `${JSON.stringify(app.swagger(), null, 2)}\n`,
  )
} finally {
  await app.close()
  await rm(folder, { recursive: true })
}
