import { join } from 'node:path'
import t from 'tap'
import { newAlertRow } from '../../../db/encoding/alerts.ts'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { operations } from '../../../db/sqlite/operations.ts'
import { temporaryFolder } from '../../helper.ts'

const BELOW = {
  ...{ name: 'a', productId: null, tag: null, enabled: true },
  rule: {
    condition: { type: 'price_below' as const, price: 100 },
    ...{ rearm_percent: 0, cooldown_s: 0, fire_if_true: false },
  },
}

// The settling of polls failed from then on, because of an alert that there was not.
t.test(
  'an alert whose creation is rolled back does not watch in place of another one',
  async (t) => {
    const path = join(await temporaryFolder(t), 'test.db')
    migrate(path)
    const db = openConnection(path)
    t.teardown(() => db.close())
    db.pragma('foreign_keys = ON')
    const { createProducts, createAlert, settle } = operations(db, { staleAfterMs: 1000 })
    const poll = (at: number, price: number) => {
      const offers = [{ id: 'x', price, items_in_stock: 1 }]
      const outcomes = JSON.stringify([{ type: 'refreshed', key: 1, at, dueAt: at, offers }])
      settle({ outcomes, now: at })
    }
    createProducts({ items: [{ id: 'p', name: 'Mower' }], at: 1 })
    poll(2, 120)
    db.exec('BEGIN')
    createAlert({ row: newAlertRow('undone', BELOW, 3) })
    poll(4, 110)
    db.exec('ROLLBACK')
    createAlert({ row: newAlertRow('kept', BELOW, 5) })
    poll(6, 90)
    const firings = db.prepare('SELECT alert_id, at FROM alert_firings').all()
    t.strictSame(firings, [{ alert_id: 'kept', at: 6 }])
  },
)
