import { createHash, randomBytes } from 'node:crypto'
import type { FeedEntry } from './recent-changes.ts'

/** A message to a receiver. Its id and its body stay the same however often it is sent. */
export interface Message {
  id: string
  body: string
}

/** The length of what follows the prefix of an id: 132 bits. */
const ID_LENGTH = 22

/** An id that only messages with the same body have, so that a retry after a crash has it too. */
function identified(body: string): Message {
  const digest = createHash('sha256').update(body).digest('base64url')
  return { id: `msg_${digest.slice(0, ID_LENGTH)}`, body }
}

/** The message with a change, as https://www.standardwebhooks.com specifies. */
export function changeMessage({ change, text }: FeedEntry): Message {
  return identified(`{"type":"${change.type}","timestamp":"${change.at}","data":${text}}`)
}

/** The message with several changes, given the last of them too. */
export function changesMessage(entries: readonly FeedEntry[], last: FeedEntry): Message {
  const items = entries.map(({ text }) => text).join(',')
  const { at } = last.change
  return identified(`{"type":"changes","timestamp":"${at}","data":{"items":[${items}]}}`)
}

/** A test message; no two of them have the same id. */
export function testMessage(webhookId: string, timestamp: string): Message {
  const data = { webhook_id: webhookId }
  return {
    id: `msg_${randomBytes(16).toString('base64url')}`,
    body: JSON.stringify({ type: 'webhook.test', timestamp, data }),
  }
}
