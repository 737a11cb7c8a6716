/** The types of columns. Text is compared by bytes, so that its order does not depend on the locales of the machine. */
import { bigint, customType } from 'drizzle-orm/pg-core'

export const text = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
export const terms = customType<{ data: string }>({ dataType: () => 'tsvector' })
export const whole = (name = '') => bigint(name, { mode: 'number' })
