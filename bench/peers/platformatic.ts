/**
 * The off-the-shelf alternative: Platformatic DB, which makes a REST API from a SQLite file. It gets the products and
 * the offers on sale from the aggregator's database:
 *
 *     node bench/peers/platformatic.ts AGGREGATOR.db PEER.db
 *
 * Creates PEER.db, which must not exist. These paths give the same values in the same order as the aggregator's API:
 *
 *     GET /products/{id}
 *     GET /products/?limit=50
 *     GET /offers/?where.productId.eq={id}    (/products/{id}/offers takes one more query)
 */
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { create } from '@platformatic/db'

/** The page size: more than a product has offers. By default Platformatic returns 10 and refuses more than 100. */
const MAX_ROWS = 1000

/** SQL that formats epoch milliseconds as the aggregator's API does. */
function time(column: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`
}

/**
 * The tables as one would model them for Platformatic, which exposes their names and types in its API. Rows are
 * inserted in the aggregator's order, since nothing else orders the answers.
 */
const COPY = `
  BEGIN;

  CREATE TABLE products (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    registration_status TEXT NOT NULL,
    registration_reason TEXT,
    offers_count INTEGER NOT NULL,
    lowest_price INTEGER,
    checked_at TIMESTAMP
  );
  INSERT INTO products
    SELECT id, name, description, ${time('created_at')}, ${time('updated_at')}, registration,
      registration_reason, coalesce(offers_count, 0), lowest_price, ${time('checked_at')}
    FROM source.products LEFT JOIN source.refreshes ON product_key = key
    ORDER BY key;

  -- The Offers service's ids are only said to be unique within a product.
  CREATE TABLE offers (
    id TEXT NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    price INTEGER NOT NULL,
    items_in_stock INTEGER NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    lowest_prior_30d INTEGER,
    PRIMARY KEY (id, product_id)
  );
  INSERT INTO offers
    SELECT offer.value ->> 'id', products.id, offer.value ->> 'price',
      offer.value ->> 'items_in_stock', offer.value ->> 'first_seen_at',
      offer.value ->> 'changed_at', offer.value ->> 'lowest_prior_30d'
    FROM source.listings JOIN source.products ON product_key = products.key,
      json_each(listings.offers) AS offer
    ORDER BY product_key, offer.key;
  CREATE INDEX offers_product_id ON offers (product_id);

  COMMIT;
`

/** Makes the peer's database from the aggregator's, which is only read. */
function copy(source: string, target: string): void {
  const database = new DatabaseSync(target)
  database.exec('PRAGMA journal_mode = WAL')
  database.prepare('ATTACH ? AS source').run(`${pathToFileURL(source)}?mode=ro`)
  database.exec(COPY)
  database.close()
}

const [source, target] = process.argv.slice(2).map((path) => resolve(path))
if (source === undefined || target === undefined) {
  throw new Error('usage: platformatic.ts AGGREGATOR.db PEER.db')
}
copy(source, target)

const service = await create(
  dirname(target),
  {
    server: { port: 0, logger: { level: 'fatal' } },
    db: {
      connectionString: `sqlite://${target}`,
      openapi: true,
      graphql: false,
      events: false,
      limit: { default: MAX_ROWS, max: MAX_ROWS },
    },
    watch: false,
  },
  {
    isEntrypoint: true,
    isProduction: true,
    metricsConfig: false, // They cost several percent of each request.
    serverConfig: { hostname: '127.0.0.1' }, // In Docker this would override the settings above.
  },
)
process.once('SIGTERM', () => service.stop())
await service.init()
console.log(`listening at ${await service.start({ listen: true })}`)
