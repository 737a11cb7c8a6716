import type { DeliveryState, WebhookTask } from '../../../db/store.ts'
import { Endpoint } from '../../../feed/webhooks/endpoint.ts'
import type { Message } from '../../../feed/webhooks/message.ts'
import { RecentChanges } from '../../../feed/webhooks/recent-changes.ts'
import type { Attempt } from '../../../feed/webhooks/sender.ts'
import type { Feed } from './feed.ts'

export const TASK: WebhookTask = {
  ...{ key: 1, id: 'id', url: 'https://receiver.example/', types: [], productId: null, tag: null },
  ...{ batchSize: 1, enabled: true, createdAt: 0, version: 1, secret: 'whsec_AA==' },
  ...{ previousSecret: null, previousUntil: null, cursor: 0, pending: null, failures: 0 },
  ...{ failingSince: null, lastStatus: null, lastError: null, nextAttemptAt: null, token: 'token' },
}

/** A message that was taken. */
export const GOOD: Attempt = { status: 204, error: null, retryAfter: undefined, date: undefined }

/** A message that was not. */
export const answered = (status: number): Attempt => ({
  ...GOOD,
  status,
  error: `answered ${status}`,
})

/** An endpoint on a feed, and what it did. */
export function endpointOn(feed: Feed, task: Partial<WebhookTask> = {}) {
  const sent: { seqs: number[]; id: string; isDoubtful: boolean }[] = []
  const saved: DeliveryState[] = []
  const told: string[] = []
  const world = {
    ...{ sent, saved, told, now: 1_000, pauses: 0 },
    answer: async (_index: number): Promise<Attempt> => GOOD,
    save: async (): Promise<boolean> => true,
  }
  const endpoint = new Endpoint(
    { ...TASK, ...task },
    {
      recent: new RecentChanges(feed),
      send: (message: Message, isDoubtful) => {
        const { data } = JSON.parse(message.body)
        const seqs = (data.items ?? [data]).map(({ seq }: { seq: number }) => seq)
        sent.push({ seqs, id: message.id, isDoubtful })
        return world.answer(sent.length - 1)
      },
      save: async (state) => {
        const isGood = await world.save()
        if (isGood) saved.push(state)
        return isGood
      },
      pause: async () => {
        world.pauses += 1
      },
      clock: () => world.now,
      random: () => 0,
      failed: (error) => told.push(`failed: ${error}`),
      disabled: (why) => told.push(`disabled: ${why}`),
      storeFailed: (error) => told.push(`store failed: ${(error as Error).message}`),
    },
  )
  const seqs = () => sent.map((message) => message.seqs)
  /** Wakes it, and waits until it has nothing more to do. */
  const wake = () => endpoint.wake()
  return { ...{ endpoint, seqs, wake, world, sent, saved, told } }
}
