/**
 * Measures the price history: the size of a change in the database (`size`); how fast fifteen million changes are
 * written (`fill`), read (`speed`), read for a hundred products at once (`trends`), searched for movers (`movers`) and
 * exported (`export`), and how that affects other requests; and the time and space that retention takes and frees, and
 * that it does not change answers (`retention`). Runs all steps, or those named:
 *
 *     node bench/history.ts --step fill --step speed
 *
 * `--scale 0.1` makes a tenth of the polls, for a quick try. `--database FILE` keeps the large database of `fill` in
 * that file, or uses it if it exists.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FLAGS } from '../test/process.ts'
import { exportPrices } from './history/export.ts'
import { fill } from './history/fill.ts'
import { movers } from './history/movers.ts'
import { retention } from './history/retention.ts'
import { size } from './history/size.ts'
import { speed } from './history/speed.ts'
import type { HistoryStep } from './history/step.ts'
import { trends } from './history/trends.ts'
import { inWorkspace } from './workspace.ts'

const STEPS: Record<string, HistoryStep> = {
  size,
  fill,
  speed,
  trends,
  movers,
  export: exportPrices,
  retention,
}

const { values } = parseArgs({
  options: {
    step: { type: 'string', multiple: true, default: Object.keys(STEPS) },
    scale: { type: 'string', default: '1' },
    database: { type: 'string' },
    folder: { type: 'string' }, // Set when this program starts itself for one step.
  },
})

/**
 * Runs a step in a process of its own, so that the memory of earlier steps does not affect it, with the flags of V8 that
 * the service has.
 */
async function runInProcess(step: string, folder: string): Promise<void> {
  console.log(`--- ${step} ---`)
  const { scale, database = join(folder, 'large.db') } = values
  const options = ['--scale', scale, '--database', database, '--folder', folder]
  const child = fork(import.meta.filename, ['--step', step, ...options], { execArgv: FLAGS })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${step} failed`)
}

const { step: steps, scale, database, folder } = values
const unknown = steps.find((step) => !(step in STEPS))
if (unknown !== undefined) {
  console.error(`There is no step ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}`)
  process.exitCode = 1
} else if (folder !== undefined && database !== undefined) {
  for (const step of steps) await STEPS[step]?.({ folder, database, scale: Number(scale) })
} else {
  await inWorkspace(async ({ folder }) => {
    for (const step of steps) await runInProcess(step, folder)
  })
}
