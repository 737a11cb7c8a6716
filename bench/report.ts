import os from 'node:os'
import { type Figure, isMet } from './figures.ts'

const UNITS = { ratio: '', ms: ' ms', s: ' s', MB: ' MB', 'products/s': ' products/s' }

/** Formats a value with three digits; no figure is more precise than that. */
function shown(value: number, unit: Figure['unit']): string {
  const text = value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
  return text + UNITS[unit]
}

function row(figure: Figure): string[] {
  const { step, figure: name, value, unit, target } = figure
  const [sign, bound] = 'atLeast' in target ? ['≥', target.atLeast] : ['≤', target.atMost]
  const wanted = `${sign} ${bound.toLocaleString('en')}${UNITS[unit]}`
  return [step, name, shown(value, unit), wanted, isMet(figure) ? 'yes' : '**no**']
}

/** The figures as an aligned Markdown table. */
export function tableOf(figures: Figure[]): string {
  const rows = [['step', 'figure', 'measured', 'target', 'met'], ...figures.map(row)]
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [head, head.map((_, column) => '-'.repeat(widths?.[column] ?? 3)), ...body]
    .map(line)
    .join('\n')
}

/** The machine that produced the figures. */
function machine() {
  return {
    cpu: os.cpus()[0]?.model.trim(),
    cores: os.availableParallelism(),
    memory_gb: Math.round(os.totalmem() / 2 ** 30),
    kernel: `${os.type()} ${os.release()}`,
    node: process.version,
  }
}

/** The content of `bench/results.json`. */
export function resultsOf(tool: string, figures: Figure[]) {
  return {
    machine: machine(),
    date: new Date().toISOString(),
    load_tool: tool,
    figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
  }
}
