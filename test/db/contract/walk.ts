import type { Position, ProductQuery, Store } from '../../../db/store.ts'
import { soughtWords } from '../../../search/query.ts'

/** The names of all products that a query finds, page by page. */
export async function walk(
  store: Store,
  { words = '', ...query }: Omit<ProductQuery, 'words'> & { words?: string },
): Promise<string[]> {
  const names: string[] = []
  let after: Position | undefined
  do {
    const page = await store.products({ words: soughtWords(words), ...query, after })
    names.push(...page.items.map(({ name }) => name))
    after = page.next ?? undefined
  } while (after)
  return names
}
