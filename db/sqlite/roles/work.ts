import { applyOutcomes, type KeyedOutcome } from '../../settle.ts'
import type { WorkStore } from '../../store.ts'
import type { Session } from '../session.ts'
import type { TaskTokens } from '../task-tokens.ts'
import type { Work } from '../work.ts'

/** The work at the Offers service. This process does all of it. */
export function workStore(session: Session, work: Work, tokens: TaskTokens): WorkStore {
  const { reads, writer } = session
  return {
    share: async () => session.totals().registered,

    partOfWork: () => 1,

    async takeRegistrations(dueBy, limit) {
      work.freeHeldBack(session.now())
      return work.takeRegistrations(dueBy, limit)
    },

    async takeRefreshes(now, limits) {
      work.freeHeldBack(session.now())
      return work.takeRefreshes(now, limits)
    },

    async settle(outcomes) {
      const { good, refused } = tokens.check(outcomes)
      let damaged: KeyedOutcome[] = []
      try {
        damaged = await applyOutcomes(good, (some) =>
          writer.call('settle', { outcomes: JSON.stringify(some), now: session.now() }, () => ({
            keys: some.map(({ key }) => key),
          })),
        )
      } finally {
        const now = session.now()
        for (const outcome of damaged) work.holdBack(outcome, now)
        // Also after a failure, so that the work, which is still due, can be handed out again.
        for (const outcome of good) work.settled(outcome)
      }
      return { refused }
    },

    async pausePolls(pause) {
      await writer.call('pausePolls', pause)
    },

    async expediteRegistrations(at) {
      await writer.call('expediteRegistrations', { at })
      work.restartRegistrations()
      work.announce()
    },

    async correctDueTimes(now, longest) {
      if (!session.read(() => reads.findPutBack(now, longest))) return
      await writer.call('correctDueTimes', { now, longest })
      work.restart()
    },

    onRegistrationsDue: (listener) => work.onRegistrationsDue(listener),

    async freshness(since) {
      const now = session.now()
      const totals = session.totals()
      return session.read(() => reads.freshness(since, now, totals))
    },
  }
}
