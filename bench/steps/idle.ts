import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { alternate, median, side } from '../figures.ts'
import { startQuiet } from '../service.ts'
import type { Step } from '../step.ts'
import { usage } from '../workspace.ts'

const IDLE_MS = 3_000

/** Measures the memory of an idle service with an empty database. */
export const idle: Step = async function* ({ workspace, rounds }) {
  let made = 0
  const start = () => startQuiet(workspace, join(workspace.folder, `idle-${made++}.db`))
  const memory = side(async () => {
    await using service = await start()
    await delay(IDLE_MS)
    return (await usage(service)).rssMb
  })
  // The compile cache is written when the process ends, so all starts but the first use it.
  await (await start())[Symbol.asyncDispose]()
  await alternate(rounds, memory)
  yield {
    figure: 'resident memory, idle with an empty database',
    ...{ value: median(memory.samples), unit: 'MB', target: { atMost: 150 } },
    samples: { MB: memory.samples },
  }
}
