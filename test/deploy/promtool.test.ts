/** What promtool, which comes with Prometheus, says of the rules and the dashboard. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse, stringify } from 'yaml'
import { isOnPath } from '../../scripts/container/command.ts'
import { temporaryFolder } from '../helper.ts'
import { deployed, queriesOf, readDashboard, readRules } from './monitoring.ts'

const { PROMTOOL = '', PATH = '' } = process.env

/** Where to find it. `.ci/run` names it, so that no test is skipped there. */
const promtool = PROMTOOL || 'promtool'
const skip =
  PROMTOOL === '' && !isOnPath('promtool', PATH)
    ? 'no promtool found: install it (apt-get install prometheus), or set PROMTOOL to its path'
    : false

/** Runs promtool; rejects with what it printed if it finds fault. */
const check = (...args: string[]) => promisify(execFile)(promtool, args)

t.test('the example of a configuration is valid, with its rules', { skip }, async (t) => {
  await t.resolves(check('check', 'config', deployed('prometheus/prometheus.yaml')))
})

t.test('the unit tests of the rules pass', { skip }, async (t) => {
  await t.resolves(check('test', 'rules', deployed('prometheus/rules.test.yaml')))
})

t.test('every query of the dashboard is valid', { skip }, async (t) => {
  const file = join(await temporaryFolder(t), 'queries.yaml')
  const queries = new Set(queriesOf(await readDashboard()))
  const rules = [...queries].map((expr, at) => ({ record: `query_${at}`, expr }))
  await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
  await t.resolves(check('check', 'rules', file))
})

interface RuleTest {
  promql_expr_test: { exp_samples: { labels: string }[] }[]
}

t.test('every alert fires in a unit test', async (t) => {
  const text = await readFile(deployed('prometheus/rules.test.yaml'), 'utf8')
  const { tests } = parse(text) as { tests: RuleTest[] }
  const labels = tests.flatMap((test) =>
    test.promql_expr_test.flatMap(({ exp_samples }) => exp_samples.map(({ labels }) => labels)),
  )
  for (const { alert } of await readRules()) {
    if (alert) t.ok(labels.includes(`{alertname="${alert}"}`), alert)
  }
})
