import { applyOutcomes, type KeyedOutcome } from '../../settle.ts'
import type { WorkStore } from '../../store.ts'
import { advanceWork, expediteRegistrations } from '../operations/due-times.ts'
import { settle } from '../operations/settle.ts'
import { pausePolls } from '../operations/work.ts'
import { readOne } from '../reader.ts'
import { readFreshness, selectLatestRegistration } from '../reads.ts'
import type { Session } from '../session.ts'
import { checkTokens } from '../tokens.ts'
import { SHARDS } from '../work.ts'

/** The work at the Offers service, of which this instance has a share. */
export function workStore(session: Session): WorkStore {
  const { alerts, reader, writer, work, leases, options } = session
  return {
    share: async () => work.share,

    // Each shard has one owner. One that is being drained is no longer among them.
    partOfWork: () => leases.shards.size / SHARDS,

    takeRegistrations(dueBy, limit) {
      const now = session.now()
      work.freeHeldBack(now)
      return work.takeRegistrations(dueBy, limit, now)
    },

    takeRefreshes(now, limits) {
      work.freeHeldBack(session.now())
      return work.takeRefreshes(now, limits)
    },

    async settle(outcomes) {
      const { id } = leases
      const { good, refused } = checkTokens(id, outcomes)
      if (id === undefined || good.length === 0) return { refused }
      let isApplied = false
      let damaged: KeyedOutcome[] = []
      try {
        damaged = await applyOutcomes(good, async (some) => {
          const times = { gapMs: options.staleAfterMs, now: session.now() }
          isApplied = await writer.call(settle(id, some, times, alerts))
        })
      } finally {
        const now = session.now()
        for (const { key } of damaged) work.holdBack(key, now)
        // Also after a failure, so that the work, which is still due, can be handed out again.
        if (leases.id === id) work.settled(good, isApplied)
      }
      if (isApplied || damaged.length > 0) return { refused }
      if (leases.id === id) leases.lost(work)
      return { refused: outcomes }
    },

    pausePolls: (pause) => writer.call(pausePolls(pause)),

    async expediteRegistrations(at) {
      await expediteRegistrations(writer, at)
      work.announce()
    },

    async correctDueTimes(now, longest) {
      const latest = await readOne(reader, selectLatestRegistration)
      const registration = (latest.dueAt ?? now) - now
      const refresh = (work.latestDue(now + longest.refresh) ?? now) - now
      if (registration <= longest.registration && refresh <= longest.refresh) return
      const early = { registration: Math.max(0, registration), refresh: Math.max(0, refresh) }
      await advanceWork(writer, early, [...leases.shards])
      await work.load(leases.shards)
    },

    onRegistrationsDue: (listener) => work.onRegistrationsDue(listener),

    async freshness(since) {
      const { registered } = await session.totals()
      return readFreshness(reader, since, session.now(), registered)
    },
  }
}
