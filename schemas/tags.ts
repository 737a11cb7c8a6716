import { Type } from '@sinclair/typebox'
import { EXAMPLE_PRODUCT } from './example.ts'
import {
  METADATA_KEY_MAX,
  METADATA_MAX,
  METADATA_VALUE_MAX,
  TAG_MAX,
  TAGS_MAX,
} from './tag-rules.ts'
import { text, VISIBLE_PATTERN } from './text.ts'

const [example = ''] = EXAMPLE_PRODUCT.tags

/** A tag as clients send it. It has no `maxLength`, which would count surrounding whitespace. */
export const Tag = Type.String({
  minLength: 1,
  pattern: VISIBLE_PATTERN,
  'x-text': 'tag',
  description:
    `1 to ${TAG_MAX} characters after trimming; stored in NFC, and compared exactly. Tags that have only invisible ` +
    'characters, NUL characters and unpaired surrogates are refused.',
  examples: [example],
})

/** The tags of a product as clients send them. */
export const Tags = Type.Array(Tag, {
  maxItems: TAGS_MAX,
  uniqueItems: true,
  'x-tags': true,
  description: `0 to ${TAGS_MAX} different tags, kept in this order; they replace those that the product has`,
  examples: [EXAMPLE_PRODUCT.tags],
})

const change = (what: string, tag: string) =>
  Type.Array(Tag, {
    maxItems: TAGS_MAX,
    uniqueItems: true,
    'x-tags': true,
    description: `${what} 0 to ${TAGS_MAX} different tags, not together with \`tags\``,
    examples: [[tag]],
  })

/** Changes of some tags, which a change of a product can have in place of `tags`. */
export const TagChanges = Type.Object({
  add_tags: change(
    `Tags to add after those that the product has; it keeps those that it has already. With more than ${TAGS_MAX} ` +
      'tags after the change, the product is left unchanged, and the change is refused.',
    'sale',
  ),
  remove_tags: change('Tags to remove; those that the product does not have are ignored.', 'new'),
})

/** The metadata of a product as clients send it. */
export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  maxProperties: METADATA_MAX,
  propertyNames: {
    type: 'string',
    minLength: 1,
    maxLength: METADATA_KEY_MAX,
    pattern: VISIBLE_PATTERN,
    'x-text': 'label',
  },
  additionalProperties: text(METADATA_VALUE_MAX, `0 to ${METADATA_VALUE_MAX} characters`, 'green'),
  description:
    `Your own data about the product: 0 to ${METADATA_MAX} keys of 1 to ${METADATA_KEY_MAX} characters, each with ` +
    `a text of 0 to ${METADATA_VALUE_MAX}. The service only keeps it, sorted by key. It replaces what the product has.`,
  examples: [EXAMPLE_PRODUCT.metadata],
})

/** Both as the API shows them. */
export const shownTags = Type.Array(Type.String(), {
  description: 'The tags, trimmed and in NFC; empty if there are none',
  examples: [EXAMPLE_PRODUCT.tags],
})

export const shownMetadata = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
  description: "The client's own data; empty if there is none",
  examples: [EXAMPLE_PRODUCT.metadata],
})
