/** The selected columns of a webhook. */
export const WEBHOOK = `key, id, url, types, product_id AS "productId", tag, batch_size AS "batchSize",
  enabled, created_at AS "createdAt", version, secret, previous_secret AS "previousSecret",
  previous_until AS "previousUntil", cursor, pending, failures, failing_since AS "failingSince",
  last_status AS "lastStatus", last_error AS "lastError", next_attempt_at AS "nextAttemptAt"`
