/** What an expression of PromQL refers to. */
interface References {
  /** The labels that are matched on each metric. */
  metrics: Map<string, Set<string>>
  /** The labels that series are grouped or joined by. */
  grouping: Set<string>
}

const COMMENT = /#.*/g
const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|[{}(),]|\d[\w.]*|[^\s\w]/g
const GROUPING = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']
const OPERATORS = ['and', 'or', 'unless', 'bool', 'offset']

const isName = (token: string) => /^[a-zA-Z_:]/.test(token)

/** Finds the metrics and labels of an expression. It need not be valid: promtool checks that. */
export function references(expression: string): References {
  const tokens: string[] = expression.replaceAll(COMMENT, '').match(TOKEN) ?? []
  const found: References = { metrics: new Map(), grouping: new Set() }
  for (let at = 0; at < tokens.length; at++) {
    const [token = '', next = ''] = tokens.slice(at)
    if (GROUPING.includes(token)) {
      if (next !== '(') continue
      const end = tokens.indexOf(')', at)
      for (const label of tokens.slice(at + 1, end).filter(isName)) found.grouping.add(label)
      at = end
    } else if (isMetric(token, next)) {
      const labels = found.metrics.get(token) ?? new Set()
      found.metrics.set(token, labels)
      if (next !== '{') continue
      const end = tokens.indexOf('}', at)
      for (const label of tokens.slice(at + 1, end).filter(isName)) labels.add(label)
      at = end
    }
  }
  return found
}

/** Whether a token is the name of a metric, not of a function, an operator or an aggregation. */
function isMetric(token: string, next: string): boolean {
  if (!isName(token) || OPERATORS.includes(token)) return false
  return next !== '(' && !['by', 'without'].includes(next)
}
