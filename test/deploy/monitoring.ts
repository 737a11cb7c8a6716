import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** The path of a file in `deploy/`. */
export const deployed = (name: string) =>
  fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url))

interface Rule {
  alert?: string
  record?: string
  expr: string
  annotations?: Record<string, string>
}

/** The rules of deploy/prometheus/rules.yaml. */
export async function readRules(): Promise<Rule[]> {
  const { groups } = parse(await readFile(deployed('prometheus/rules.yaml'), 'utf8')) as {
    groups: { rules: Rule[] }[]
  }
  return groups.flatMap(({ rules }) => rules)
}

interface Panel {
  id: number
  type: string
  title: string
  description?: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { refId: string; expr: string }[]
}

/** The parts of a dashboard that the tests look at. */
interface Dashboard {
  panels: Panel[]
  annotations: { list: { expr: string }[] }
  templating: { list: { name: string }[] }
}

export async function readDashboard(): Promise<Dashboard> {
  return JSON.parse(await readFile(deployed('grafana/dashboard.json'), 'utf8'))
}

/** The queries of a dashboard in PromQL, with values for its variables. */
export function queriesOf({ panels, annotations }: Dashboard): string[] {
  const targets = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list]
  return targets.map(({ expr }) =>
    expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, 'some'),
  )
}
