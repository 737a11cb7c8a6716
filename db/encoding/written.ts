import type { NewProduct, ProductPatch } from '../../schemas/product.ts'
import {
  completeTexts,
  type ProductContent,
  type ProductTexts,
  textsOf,
  WRITTEN_FIELDS,
} from '../../schemas/product-fields.ts'
import { retagged, TAGS_MAX } from '../../schemas/tag-rules.ts'

/** What clients write of a product, as it is stored, in columns called as the fields: tags and metadata as JSON. */
export type WrittenRow = ProductTexts & { tags: string; metadata: string }

/** JSON with the keys in one order, so that the same metadata is the same text. */
function metadataJson(metadata: Record<string, string>): string {
  const entries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(entries))
}

/** The columns of a new product, with defaults for what the client omitted. */
export const toWritten = ({ tags = [], metadata = {}, ...texts }: NewProduct): WrittenRow => ({
  ...completeTexts(texts),
  tags: JSON.stringify(tags),
  metadata: metadataJson(metadata),
})

/** Only what clients write. */
export const writtenOf = (row: WrittenRow): WrittenRow => ({
  ...textsOf(row),
  tags: row.tags,
  metadata: row.metadata,
})

/** What a client wrote, with some of it changed. */
export const patched = (
  row: WrittenRow,
  { tags, metadata, ...texts }: Partial<ProductContent>,
): WrittenRow => ({
  ...writtenOf(row),
  ...texts,
  ...(tags && { tags: JSON.stringify(tags) }),
  ...(metadata && { metadata: metadataJson(metadata) }),
})

/** A change that would give a product too many tags, with their number. */
export interface TagRefusal {
  refused: 'too-many-tags'
  tags: number
}

/** The same for a patch, which can also change some of the tags that the product has. */
export function changed(
  row: WrittenRow,
  { add_tags, remove_tags, ...patch }: ProductPatch,
): WrittenRow | TagRefusal {
  if (!add_tags && !remove_tags) return patched(row, patch)
  const tags = retagged(tagsOf(row), { add_tags, remove_tags })
  return tags.length > TAGS_MAX
    ? { refused: 'too-many-tags', tags: tags.length }
    : patched(row, { ...patch, tags })
}

export const isChanged = (before: WrittenRow, after: WrittenRow) =>
  WRITTEN_FIELDS.some((column) => before[column] !== after[column])

/** The tags of a product that is stored. */
export function tagsOf({ tags }: Pick<WrittenRow, 'tags'>): string[] {
  return JSON.parse(tags)
}

/** The metadata of a product that is stored. */
export function metadataOf({ metadata }: Pick<WrittenRow, 'metadata'>): Record<string, string> {
  return JSON.parse(metadata)
}
