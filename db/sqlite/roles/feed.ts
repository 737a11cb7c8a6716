import { ChangesCompacted } from '../../errors.ts'
import type { FeedStore } from '../../store.ts'
import type { Session } from '../session.ts'

/** The change feed. No other process writes to the file, so every commit is seen at once. */
export function feedStore(session: Session): Omit<FeedStore, 'lastSeq'> {
  const { changeListeners } = session
  return {
    async changes(query) {
      const page = session.read(() => session.history.changes(query))
      if ('compacted' in page) throw new ChangesCompacted(Number(query.after), page.compacted)
      return page
    },

    onChanges(listener) {
      changeListeners.add(listener)
      return () => changeListeners.delete(listener)
    },
  }
}
