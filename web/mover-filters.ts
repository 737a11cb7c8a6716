import { LOW_WINDOWS } from '../history/at-low.ts'
import { fromTagLine, normalTag, TAG_MAX, TAGS_MAX, toTagLine } from '../schemas/tag-rules.ts'
import { lengthFault } from '../schemas/text-rules.ts'
import { numberIn } from './number-in.ts'
import { parsePrice, plainPrice } from './price.ts'

/** The filters of the movers that are numbers, under the names of the API. */
const NUMBERS = {
  min_percent: { parse: numberIn, show: String, fault: 'Enter a percentage' },
  min_absolute: { parse: parsePrice, show: plainPrice, fault: 'Enter a price' },
  price_min: { parse: parsePrice, show: plainPrice, fault: 'Enter a price' },
  price_max: { parse: parsePrice, show: plainPrice, fault: 'Enter a price' },
} as const
type NumberFilter = keyof typeof NUMBERS
const NUMBER_FILTERS = Object.keys(NUMBERS) as NumberFilter[]

/** The filters as typed; those that are empty do not filter. */
export type TypedFilters = Record<NumberFilter | 'tag' | 'at_low', string>

function wholeIn(value: string): number | undefined {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : undefined
  return Number.isSafeInteger(number) ? number : undefined
}

/** The valid filters in the query of an address, which has them as the API does. */
export function filtersIn(query: URLSearchParams): URLSearchParams {
  const filters = new URLSearchParams()
  for (const name of NUMBER_FILTERS) {
    const value = query.get(name) ?? ''
    const number = name === 'min_percent' ? numberIn(value) : wholeIn(value)
    if (number !== undefined) filters.set(name, String(number))
  }
  const tags = new Set(query.getAll('tag').map(normalTag))
  for (const tag of tags) if (tag && !tagFault([tag])) filters.append('tag', tag)
  const low = query.get('at_low') ?? ''
  if (Object.hasOwn(LOW_WINDOWS, low)) filters.set('at_low', low)
  return filters
}

/** Filters, as they would be typed. */
export function toTyped(filters: URLSearchParams): TypedFilters {
  const typed = (name: NumberFilter) =>
    filters.has(name) ? NUMBERS[name].show(Number(filters.get(name))) : ''
  return {
    min_percent: typed('min_percent'),
    min_absolute: typed('min_absolute'),
    price_min: typed('price_min'),
    price_max: typed('price_max'),
    tag: toTagLine(filters.getAll('tag')),
    at_low: filters.get('at_low') ?? '',
  }
}

/** The filters that were typed. They must be without faults. */
export function toFilters(typed: TypedFilters): URLSearchParams {
  const filters = new URLSearchParams({ at_low: typed.at_low })
  for (const name of NUMBER_FILTERS) filters.set(name, String(NUMBERS[name].parse(typed[name])))
  for (const tag of fromTagLine(typed.tag)) filters.append('tag', tag)
  return filtersIn(filters)
}

function tagFault(tags: string[]): string | undefined {
  if (tags.length > TAGS_MAX) return `Enter ${TAGS_MAX} tags at most`
  return tags.map((tag) => lengthFault(tag, TAG_MAX, 'The tag')).find(Boolean)
}

/** What is wrong with the filters. */
export function faultsOf(typed: TypedFilters): Partial<TypedFilters> {
  const faults: Partial<TypedFilters> = {}
  for (const name of NUMBER_FILTERS) {
    const { parse, fault } = NUMBERS[name]
    if (typed[name].trim() !== '' && parse(typed[name]) === undefined) faults[name] = fault
  }
  const [low, high] = [parsePrice(typed.price_min), parsePrice(typed.price_max)]
  if (low !== undefined && high !== undefined && low > high)
    faults.price_max = 'Enter a price that is not below the lowest'
  const tag = tagFault(fromTagLine(typed.tag))
  return tag === undefined ? faults : { ...faults, tag }
}
