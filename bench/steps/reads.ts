import { join } from 'node:path'
import { startBare } from '../bare.ts'
import { bareRouteOf, pathsOf, readsOf, tagsOf } from '../compared-reads.ts'
import { SMALL } from '../database/shape.ts'
import { alternate, compared } from '../figures.ts'
import { idsIn } from '../ids.ts'
import { requestRate } from '../load.ts'
import { startPeer } from '../programs.ts'
import { readDatabase } from '../read-database.ts'
import { startQuiet } from '../service.ts'
import type { Step } from '../step.ts'

/** When the last product of a database was last polled, epoch ms. */
const lastPollIn = (database: string): number =>
  readDatabase(database, (db) =>
    Number(
      db
        .prepare('SELECT checked_at FROM refreshes ORDER BY product_key DESC LIMIT 1')
        .pluck()
        .get(),
    ),
  )

/** Compares reads with a bare Fastify that sends the same bytes, and with Platformatic DB. */
export const reads: Step = async function* ({ workspace, data, load, rounds }) {
  const database = await data('reads', { ...SMALL, minutely: true })
  const all = readsOf(idsIn(database), lastPollIn(database))
  await using service = await startQuiet(workspace, database)
  const routes = await Promise.all(all.map((read) => bareRouteOf(service.url, read)))
  await using bare = await startBare(workspace.folder, service.url, { routes })
  const own = join(workspace.folder, 'platformatic.db')
  await using platformatic = await startPeer('peers/platformatic.ts', [database, own])

  for (const read of all) {
    const paths = pathsOf(read)
    const ours = await requestRate(load, { origin: service.url, paths })
    const limit = await requestRate(load, { origin: bare.url, paths })
    const { platformatic: pathOf } = read
    const peer =
      pathOf && (await requestRate(load, { origin: platformatic.url, paths: read.ids.map(pathOf) }))
    await alternate(rounds, ours, limit, ...(peer ? [peer] : []))
    yield compared(
      `${read.name} against bare Fastify`,
      ['requests/s', ours],
      ['bare requests/s', limit],
      { atLeast: read.target },
    )
    if (peer) {
      yield compared(
        `${read.name} against Platformatic DB`,
        ['requests/s', ours],
        ['Platformatic requests/s', peer],
        { atLeast: 5 },
      )
    }
    const known = { paths, tags: await tagsOf(service.url, paths) }
    const notModified = await requestRate(load, { origin: service.url, ...known })
    const bareNotModified = await requestRate(load, { origin: bare.url, ...known })
    await alternate(rounds, notModified, bareNotModified)
    yield compared(
      `${read.name}, 304 against bare Fastify`,
      ['requests/s', notModified],
      ['bare requests/s', bareNotModified],
      { atLeast: 0.7 },
    )
  }
}
