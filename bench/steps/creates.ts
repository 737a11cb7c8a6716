import { join } from 'node:path'
import { startBare } from '../bare.ts'
import { alternate, compared } from '../figures.ts'
import { requestRate } from '../load.ts'
import { startQuiet } from '../service.ts'
import type { Step } from '../step.ts'

const PATH = '/api/v1/products'
const BODY = {
  name: 'Robotic lawn mower',
  description: 'One of many, with a description of the usual length, which is a sentence.',
}

/** Compares durable creates with a bare Fastify that echoes the body. */
export const creates: Step = async function* ({ workspace, load, rounds }) {
  await using service = await startQuiet(workspace, join(workspace.folder, 'creates.db'))
  const echo = { url: PATH, schema: 'NewProduct' }
  await using bare = await startBare(workspace.folder, service.url, { echo })
  const requests = { paths: [PATH], body: BODY }
  const ours = await requestRate(load, { ...requests, origin: service.url })
  const limit = await requestRate(load, { ...requests, origin: bare.url })
  await alternate(rounds, ours, limit)
  yield compared(
    'POST /products against bare Fastify that echoes it',
    ['requests/s', ours],
    ['bare requests/s', limit],
    { atLeast: 0.35 },
  )
}
