import type { Alert } from '../../schemas/alert.ts'
import type { Rule } from '../../schemas/alert-rules.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { AlertChanges, AlertToCreate, FiringPosition } from '../store.ts'

/** An alert as it is stored. */
export interface AlertRow {
  id: string
  name: string
  productId: string | null
  tag: string | null
  /** A `Rule` as JSON. */
  rule: string
  /** 0 or 1. */
  enabled: number
  createdAt: number
  updatedAt: number
  lastFiredAt: number | null
}

/** A firing as it is stored. */
export interface FiringRow {
  productKey: number
  productId: string
  at: number
  price: number | null
  previousPrice: number | null
  reference: number | null
}

export function toAlert(row: AlertRow): Alert {
  const rule: Rule = JSON.parse(row.rule)
  return {
    id: row.id,
    name: row.name,
    product_id: row.productId,
    tag: row.tag,
    ...rule,
    enabled: Boolean(row.enabled),
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    last_fired_at: row.lastFiredAt === null ? null : toTime(row.lastFiredAt),
  }
}

/** The alert after some changes at a time, and whether it starts anew. */
export function changedAlert(
  row: AlertRow,
  { name = row.name, enabled, rule }: AlertChanges,
  at: number,
) {
  const isEnabled = Number(enabled ?? row.enabled)
  const next = JSON.stringify({ ...JSON.parse(row.rule), ...rule })
  const restarts = next !== row.rule || isEnabled !== row.enabled
  const updatedAt = Math.max(at, row.updatedAt + 1) // No two versions are the same.
  return { name, enabled: isEnabled, rule: next, updatedAt, restarts }
}

/** A position before all firings, the latest of which comes first. */
export const BEFORE_FIRINGS: FiringPosition = { at: Number.MAX_SAFE_INTEGER, productKey: 0 }

/** The row of a new alert. */
export const newAlertRow = (id: string, alert: AlertToCreate, at: number): AlertRow => ({
  ...{ id, name: alert.name, productId: alert.productId, tag: alert.tag },
  ...{ rule: JSON.stringify(alert.rule), enabled: Number(alert.enabled) },
  ...{ createdAt: at, updatedAt: at, lastFiredAt: null },
})
