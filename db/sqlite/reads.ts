import type { Database } from 'better-sqlite3'
import type { Column, SQL } from 'drizzle-orm'
import { and, asc, drizzle, eq, isNotNull, sql } from '../../trimmed/drizzle.ts'
import { putBackDetector } from './due.ts'
import { freshnessReader } from './freshness.ts'
import { named, prepare } from './prepared.ts'
import { productFields } from './rows.ts'
import { credentials, listings, products, refreshes, secrets, totals } from './schema.ts'

/**
 * The statements of the main thread, each prepared once: building a drizzle query takes five times as long as running
 * it.
 */
export function reads(connection: Database) {
  const db = drizzle(connection)
  const { placeholder } = sql
  const registered = isNotNull(refreshes.dueAt)
  /** A due time, which the conditions below keep from being null. */
  const due = (column: Column) => sql<number>`${column}`.as('dueAt')
  /** A condition for what comes after a place in the order of due times. */
  const after = (dueAt: Column, key: Column) =>
    sql`(${dueAt}, ${key}) > (${placeholder('dueAt')}, ${placeholder('key')})`
  const task = {
    key: products.key,
    id: products.id,
    registeredAt: products.registeredAt,
  }
  const product = (holds: SQL) =>
    prepare(
      connection,
      db
        .select({ ...productFields, ...named({ key: products.key, version: products.version }) })
        .from(products)
        .innerJoin(refreshes, eq(refreshes.productKey, products.key))
        .where(holds),
    )
  return {
    freshness: freshnessReader(connection),
    findPutBack: putBackDetector(connection),
    product: product(eq(products.id, placeholder('id'))),
    productByExternalId: product(eq(products.externalId, placeholder('externalId'))),
    checked: prepare(
      connection,
      db
        .select(named({ key: products.key, checkedAt: refreshes.checkedAt }))
        .from(products)
        .innerJoin(refreshes, eq(refreshes.productKey, products.key))
        .where(eq(products.id, placeholder('id'))),
    ),
    offers: prepare(
      connection,
      db
        .select(
          named({
            key: products.key,
            checkedAt: refreshes.checkedAt,
            offers: listings.offers,
          }),
        )
        .from(products)
        .innerJoin(refreshes, eq(refreshes.productKey, products.key))
        .leftJoin(listings, eq(listings.productKey, products.key))
        .where(eq(products.id, placeholder('id'))),
    ),
    registrations: prepare(
      connection,
      db
        .select({
          ...named({
            ...task,
            failures: products.registrationFailures,
            name: products.name,
            description: products.description,
            version: products.version,
          }),
          dueAt: due(products.registerAt),
        })
        .from(products)
        .where(and(isNotNull(products.registerAt), after(products.registerAt, products.key)))
        .orderBy(asc(products.registerAt), asc(products.key))
        .limit(placeholder('limit')),
    ),
    refreshes: prepare(
      connection,
      db
        .select({
          ...named({ ...task, failures: refreshes.failures, answer: refreshes.answer }),
          dueAt: due(refreshes.dueAt),
        })
        .from(refreshes)
        .innerJoin(products, eq(products.key, refreshes.productKey))
        .where(and(registered, after(refreshes.dueAt, refreshes.productKey)))
        .orderBy(asc(refreshes.dueAt), asc(refreshes.productKey))
        .limit(placeholder('limit')),
    ),
    registrationPlaces: prepare(
      connection,
      db
        .select({ ...named({ key: products.key }), dueAt: due(products.registerAt) })
        .from(products)
        .where(and(isNotNull(products.registerAt), after(products.registerAt, products.key)))
        .orderBy(asc(products.registerAt), asc(products.key))
        .limit(placeholder('limit')),
    ),
    refreshPlaces: prepare(
      connection,
      db
        .select({ ...named({ key: refreshes.productKey }), dueAt: due(refreshes.dueAt) })
        .from(refreshes)
        .where(and(registered, after(refreshes.dueAt, refreshes.productKey)))
        .orderBy(asc(refreshes.dueAt), asc(refreshes.productKey))
        .limit(placeholder('limit')),
    ),
    totals: prepare(
      connection,
      db
        .select(
          named({
            products: totals.products,
            pending: totals.pending,
            registered: totals.registered,
            offers: totals.offers,
          }),
        )
        .from(totals),
    ),
    credentials: prepare(
      connection,
      db
        .select(
          named({
            account: credentials.account,
            accessToken: credentials.accessToken,
            expiresAt: credentials.expiresAt,
          }),
        )
        .from(credentials),
    ),
    secret: prepare(
      connection,
      db
        .select(named({ value: secrets.value }))
        .from(secrets)
        .where(eq(secrets.name, placeholder('name'))),
    ),
  }
}
