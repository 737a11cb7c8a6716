import t from 'tap'
import { readDashboard } from './monitoring.ts'

t.test('the panels of the dashboard have ids of their own and do not overlap', async (t) => {
  const { panels } = await readDashboard()
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  )
  t.equal(new Set(cells).size, cells.length)
  for (const { gridPos, title } of panels) t.ok(gridPos.x + gridPos.w <= 24, title)
})

t.test('every panel says what it shows', async (t) => {
  const { panels } = await readDashboard()
  for (const { type, title, description, targets = [] } of panels) {
    t.ok(title)
    if (type === 'row') continue
    t.match(description, /\.$/, title)
    t.ok(targets.length > 0, title)
  }
})

t.test('every variable that the dashboard uses is its own or one of Grafana', async (t) => {
  const dashboard = await readDashboard()
  const names = dashboard.templating.list.map(({ name }) => name)
  const used = [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name)
  t.strictSame(
    used.filter((name) => !names.includes(name) && !name.startsWith('__')),
    [],
  )
})
