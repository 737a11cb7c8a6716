/**
 * Measures the service, mostly relative to what its parts can do alone and to a peer. Prints the figures with their
 * targets, and writes them to `bench/results.json`. `bench/README.md` explains them:
 *
 *     node bench/run.ts
 *     node bench/run.ts --step reads --step creates --rounds 1
 *
 * `--database-folder FOLDER` keeps the databases, and reuses them on the same day.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { databases } from './databases.ts'
import type { Figure } from './figures.ts'
import { loadTool } from './load.ts'
import { HERE } from './programs.ts'
import { resultsOf, tableOf } from './report.ts'
import type { Step } from './step.ts'
import { creates } from './steps/creates.ts'
import { idle } from './steps/idle.ts'
import { latency } from './steps/latency.ts'
import { reads } from './steps/reads.ts'
import { ready } from './steps/ready.ts'
import { refresh } from './steps/refresh.ts'
import { scale } from './steps/scale.ts'
import { inWorkspace } from './workspace.ts'

const STEPS: Record<string, Step> = { idle, reads, ready, creates, refresh, latency, scale }

const { values } = parseArgs({
  options: {
    step: { type: 'string', multiple: true, default: Object.keys(STEPS) },
    rounds: { type: 'string', default: '3' },
    'database-folder': { type: 'string' },
  },
})
const unknown = values.step.filter((name) => !STEPS[name])
if (unknown.length > 0)
  throw new Error(`there is no step ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}`)

if (!existsSync(`${HERE}peers/node_modules`)) {
  console.log('installing the peers')
  await promisify(execFile)('npm', ['ci'], { cwd: `${HERE}peers` })
}

const began = performance.now()
const seconds = () => `${Math.round((performance.now() - began) / 1000)} s`

await inWorkspace(async (workspace) => {
  const { folder } = workspace
  const tool = await loadTool(folder)
  const bench = {
    workspace,
    data: databases(folder, values['database-folder'] ?? join(folder, 'made')),
    load: tool.load,
    rounds: Number(values.rounds),
  }
  const figures: Figure[] = []
  for (const [name, step] of Object.entries(STEPS)) {
    if (!values.step.includes(name)) continue
    console.log(`--- ${name}, after ${seconds()} ---`)
    for await (const figure of step(bench)) {
      figures.push({ step: name, ...figure })
      console.log(`${figure.figure}: ${figure.value.toPrecision(3)}`)
    }
  }
  await writeFile(
    `${HERE}results.json`,
    `${JSON.stringify(resultsOf(tool.name, figures), null, 2)}\n`,
  )
  console.log(`\n${tableOf(figures)}\n\n${tool.name}, ${seconds()}`)
})
