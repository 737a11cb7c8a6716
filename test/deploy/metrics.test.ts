/** What the rules and the dashboard ask of the service's metrics. */
import t, { type Test } from 'tap'
import { eventually, once, startApp, startSimulator } from '../helper.ts'
import { readPages } from '../pages.ts'
import { queriesOf, readDashboard, readRules } from './monitoring.ts'
import { references } from './promql.ts'

/** Labels that Prometheus itself gives to every series. */
const TARGET = ['job', 'instance']

/** The labels of each series that the service exposes, after it has done some of everything. */
async function exposed(t: Test): Promise<Map<string, Set<string>>> {
  const { baseUrl } = await startSimulator(t)
  const app = await startApp(t, { OFFERS_BASE_URL: baseUrl })
  await app.inject({ method: 'POST', url: '/api/v1/products', payload: { name: 'Mower' } })
  const text = await eventually(async () => {
    Array.from({ length: 100_000 }, () => ({})) // Makes garbage, since one metric is of its collection.
    const { body } = await app.inject('/metrics')
    return ['call="offers"', 'kind="minor"'].every((label) => body.includes(label)) ? body : ''
  })
  const series = new Map<string, Set<string>>([['up', new Set(TARGET)]])
  for (const [, name = ''] of text.matchAll(/^# TYPE (\w+)/gm)) series.set(name, new Set(TARGET))
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name) ?? new Set(TARGET)
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    series.set(name, known)
  }
  return series
}

const queries = once(async () => {
  const rules = await readRules()
  const dashboard = await readDashboard()
  return { rules, all: [...rules.map(({ expr }) => expr), ...queriesOf(dashboard)] }
})

t.test('every metric and label in the rules and the dashboard exists', async (t) => {
  const series = await exposed(t)
  const { rules, all } = await queries()
  // The labels of a recorded series are those that its rule groups by, as the rules' own unit tests show.
  for (const { record, expr } of rules) {
    if (record) series.set(record, new Set([...TARGET, ...references(expr).grouping]))
  }
  t.ok(all.length > 50)
  for (const query of all) {
    const { metrics, grouping } = references(query)
    t.ok(metrics.size > 0, query)
    const labels = new Set<string>()
    for (const [name, matched] of metrics) {
      const known = series.get(name)
      t.ok(known, `${name} exists`)
      for (const label of matched) t.ok(known?.has(label), `${name} has ${label}`)
      for (const label of known ?? []) labels.add(label)
    }
    for (const label of grouping) t.ok(labels.has(label), `${label} exists in ${query}`)
  }
})

t.test('every route in the rules and the dashboard exists', async (t) => {
  const app = await startApp(t)
  const routes = (await queries()).all.flatMap((query) =>
    [...query.matchAll(/route!?="([^"]*)"/g)].map(([, route = '']) => route),
  )
  t.ok(routes.length > 0)
  for (const route of routes) t.ok([...app.routeUrls].includes(route), route)
})

t.test('every alert says what to read, and that is there', async (t) => {
  const { rules } = await queries()
  const pages = new Map((await readPages()).map(({ path, text }) => [path, text]))
  for (const { alert, annotations } of rules.filter(({ alert }) => alert)) {
    const [path = '', anchor = ''] = annotations?.runbook?.split('#') ?? []
    const headings = [...(pages.get(path) ?? '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    )
    t.ok(headings.includes(anchor), `${alert}: ${annotations?.runbook}`)
  }
})
