import { StoreDamaged } from '../errors.ts'
import type { DuePlace, ReadAhead } from './lookahead.ts'
import type { Prepared } from './prepared.ts'

/** Reads from the database. Throws `StoreDamaged` if the rows are damaged. */
type Read = <Result>(query: () => Result) => Result

function unlessDamaged<Result>(run: () => Result): Result | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof StoreDamaged) return undefined
    throw error
  }
}

/**
 * Makes the function that reads tasks in order of their due times. If the rows of some products are damaged, it reads
 * the order from the index and the tasks one by one, so that all other products are still polled.
 */
export function readAhead<Task extends DuePlace>(
  read: Read,
  tasks: Prepared<Task>,
  places: Prepared<DuePlace>,
): ReadAhead<Task> {
  const taskAt = ({ dueAt, key }: DuePlace): Task[] => {
    const found = unlessDamaged(() => read(() => tasks.all({ dueAt, key: key - 1, limit: 1 })))
    return found?.filter((task) => task.key === key) ?? []
  }

  return (after, limit) => {
    const page = { ...after, limit }
    const together = unlessDamaged(() => read(() => tasks.all(page)))
    const due = together ?? read(() => places.all(page))
    return {
      tasks: together ?? due.flatMap(taskAt),
      reached: due.at(-1),
      ended: due.length < limit,
    }
  }
}
