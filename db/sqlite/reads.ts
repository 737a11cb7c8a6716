import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { and, asc, eq, isNotNull, isNull, lt, lte, or, sql } from './drizzle.ts'
import { productColumns } from './rows.ts'
import { credentials, offers, products, refreshes, secrets, totals } from './schema.ts'

/**
 * The statements that the main thread reads with, each prepared once: building a drizzle query costs
 * five times what running it does.
 */
export function reads(db: BetterSQLite3Database) {
  const { placeholder } = sql
  const registered = isNotNull(refreshes.dueAt)
  const task = {
    key: products.key,
    id: products.id,
    registeredAt: products.registeredAt,
  }
  return {
    product: db
      .select(productColumns)
      .from(products)
      .innerJoin(refreshes, eq(refreshes.productKey, products.key))
      .where(eq(products.id, placeholder('id')))
      .prepare(),
    checked: db
      .select({ key: products.key, checkedAt: refreshes.checkedAt })
      .from(products)
      .innerJoin(refreshes, eq(refreshes.productKey, products.key))
      .where(eq(products.id, placeholder('id')))
      .prepare(),
    offers: db
      .select({
        id: offers.id,
        price: offers.price,
        itemsInStock: offers.itemsInStock,
        firstSeenAt: offers.firstSeenAt,
        changedAt: offers.changedAt,
        lowestPrior: offers.lowestPrior,
      })
      .from(offers)
      .where(and(eq(offers.productKey, placeholder('key')), isNull(offers.delistedAt)))
      .orderBy(asc(offers.price), asc(offers.id))
      .prepare(),
    registrations: db
      .select({
        ...task,
        failures: products.registrationFailures,
        name: products.name,
        description: products.description,
        version: products.version,
      })
      .from(products)
      .where(and(isNotNull(products.registerAt), lte(products.registerAt, placeholder('dueBy'))))
      .orderBy(asc(products.registerAt))
      .limit(placeholder('limit'))
      .prepare(),
    refreshes: db
      .select({ ...task, failures: refreshes.failures, dueAt: refreshes.dueAt })
      .from(refreshes)
      .innerJoin(products, eq(products.key, refreshes.productKey))
      .where(registered)
      .orderBy(asc(refreshes.dueAt))
      .limit(placeholder('limit'))
      .prepare(),
    totals: db
      .select({
        products: totals.products,
        pending: totals.pending,
        registered: totals.registered,
        offers: totals.offers,
      })
      .from(totals)
      .prepare(),
    due: db
      .select({ count: sql<number>`count(*)` })
      .from(refreshes)
      .where(and(registered, lte(refreshes.dueAt, placeholder('now'))))
      .prepare(),
    late: db
      .select({ count: sql<number>`count(*)` })
      .from(refreshes)
      .where(
        and(
          registered,
          or(lt(refreshes.checkedAt, placeholder('since')), isNull(refreshes.checkedAt)),
        ),
      )
      .prepare(),
    /** The check time at a place in their order; products never checked come first. */
    checkedAt: db
      .select({ checkedAt: refreshes.checkedAt })
      .from(refreshes)
      .where(registered)
      .orderBy(asc(refreshes.checkedAt))
      .limit(1)
      .offset(placeholder('place'))
      .prepare(),
    oldestCheckedAt: db
      .select({ checkedAt: sql<number | null>`min(${refreshes.checkedAt})` })
      .from(refreshes)
      .where(and(registered, isNotNull(refreshes.checkedAt)))
      .prepare(),
    credentials: db
      .select({
        account: credentials.account,
        accessToken: credentials.accessToken,
        expiresAt: credentials.expiresAt,
      })
      .from(credentials)
      .prepare(),
    secret: db
      .select({ value: secrets.value })
      .from(secrets)
      .where(eq(secrets.name, placeholder('name')))
      .prepare(),
  }
}
