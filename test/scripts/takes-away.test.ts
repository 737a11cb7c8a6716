import t from 'tap'
import { takesAway } from '../../scripts/takes-away.ts'

const ADDS = [
  'CREATE TABLE "tags" ("name" text NOT NULL); CREATE UNIQUE INDEX "tags_name" ON "tags" ("name")',
  'CREATE TABLE "tags" ("name" text); ALTER TABLE "tags" ADD CONSTRAINT "short" CHECK (true)',
  'ALTER TABLE "products" ADD COLUMN "brand" text',
  'ALTER TABLE "products" ADD COLUMN "brand" text DEFAULT \'\' NOT NULL',
  'ALTER TABLE "products" ADD COLUMN "brand" text NOT NULL DEFAULT \'\'',
  'ALTER TABLE "products" ALTER COLUMN "brand" DROP NOT NULL',
  'CREATE INDEX "products_brand" ON "products" ("brand")',
  'ALTER TABLE "polls" SET (fillfactor = 70)',
  'DROP INDEX "products_brand"',
  '-- contracts: 0.4.0 no longer reads it\nALTER TABLE "products" DROP COLUMN "brand"',
]

const TAKES_AWAY: [sql: string, what: string][] = [
  ['DROP TABLE "tags"', 'drops a table or a column'],
  ['ALTER TABLE "products" DROP COLUMN "brand"', 'drops a table or a column'],
  ['ALTER TABLE "products" ALTER COLUMN "brand" DROP DEFAULT', 'drops a default'],
  ['ALTER TABLE "products" RENAME COLUMN "brand" TO "maker"', 'renames something'],
  ['ALTER TABLE "products" RENAME TO "goods"', 'renames something'],
  ['ALTER TABLE "products" ALTER COLUMN "n" SET DATA TYPE bigint', 'changes the type of a column'],
  ['ALTER TABLE "products" ALTER COLUMN "n" TYPE bigint', 'changes the type of a column'],
  ['ALTER TABLE "products" ALTER COLUMN "brand" SET NOT NULL', 'forbids null'],
  [
    'CREATE TABLE "tags" ("name" text);\nALTER TABLE "products" ADD COLUMN "brand" text NOT NULL',
    'adds a column that the version before does not fill',
  ],
  [
    'ALTER TABLE "products" ADD CONSTRAINT "short" CHECK (true)',
    'adds a rule that the version before does not know',
  ],
  [
    'CREATE UNIQUE INDEX "products_brand" ON "products" ("brand")',
    'adds a rule that the version before does not know',
  ],
]

t.test('a migration that only adds leaves the version before alone', async (t) => {
  for (const sql of ADDS) t.same(takesAway(sql), [], sql)
})

t.test('a migration that removes something is reported with the statement', async (t) => {
  for (const [sql, what] of TAKES_AWAY) {
    const [told = '', ...others] = takesAway(sql)
    t.same(others, [], sql)
    t.ok(told.startsWith(`${what}: `), told)
    t.ok(sql.endsWith(told.slice(what.length + 2)), told)
  }
})
