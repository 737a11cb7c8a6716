/** The limits of tags and metadata, and how tags are compared and typed. The API and the page share them. */

/** The most tags of a product, and the most characters of one. */
export const TAGS_MAX = 32
export const TAG_MAX = 64

/** The most entries in the metadata of a product, and the most characters of a key and of a value. */
export const METADATA_MAX = 50
export const METADATA_KEY_MAX = 40
export const METADATA_VALUE_MAX = 500

/** A tag as it is stored: trimmed, and in NFC, so that letters with marks have one spelling. */
export const normalTag = (tag: string) => tag.trim().normalize('NFC')

/** A tag that a list has more than once, as it is stored; undefined if there is none. */
export function repeatedTag(tags: readonly unknown[]): string | undefined {
  const seen = new Set<string>()
  for (const tag of tags) {
    if (typeof tag !== 'string') continue
    const normal = normalTag(tag)
    if (seen.has(normal)) return normal
    seen.add(normal)
  }
  return undefined
}

/** A change of some of a product's tags. */
interface TagChange {
  add_tags?: readonly string[]
  remove_tags?: readonly string[]
}

/** The tags after a change: those that stay keep their order, and new ones follow in the order of `add_tags`. */
export function retagged(
  tags: readonly string[],
  { add_tags: added = [], remove_tags: removed = [] }: TagChange,
): string[] {
  const gone = new Set(removed)
  return [...new Set([...tags, ...added])].filter((tag) => !gone.has(tag))
}

/** Why the parts of a change of tags contradict each other, as the rest of a sentence; undefined if they do not. */
export function tagChangeFault(change: TagChange & { tags?: unknown }): string | undefined {
  const { tags, add_tags: added, remove_tags: removed } = change
  if (tags !== undefined && (added ?? removed) !== undefined) {
    const other = added === undefined ? 'remove_tags' : 'add_tags'
    return `has both "tags" and "${other}": send either all tags of the product, or those to add and to remove`
  }
  const gone = new Set(removed?.map(normalTag))
  const both = added?.map(normalTag).find((tag) => gone.has(tag))
  return both === undefined
    ? undefined
    : `has the tag "${both}" in both "add_tags" and "remove_tags": send it in one of them`
}

/**
 * Tags in one line, separated by commas as shops export them. A backslash marks a comma that belongs to a tag, and
 * another backslash.
 */
export const toTagLine = (tags: readonly string[]) =>
  tags.map((tag) => tag.replaceAll(/[\\,]/g, '\\$&')).join(', ')

/** A tag of a line, up to the comma after it. */
const TAG_IN_LINE = /((?:\\[\\,]|[^,])*)(?:,|$)/g

/** The tags of a line: the inverse of `toTagLine`. What is blank between two commas is no tag. */
export function fromTagLine(line: string): string[] {
  const tags = Array.from(line.matchAll(TAG_IN_LINE), ([, text = '']) =>
    normalTag(text.replaceAll(/\\([\\,])/g, '$1')),
  )
  return tags.filter((tag) => tag !== '')
}
