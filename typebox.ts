/**
 * What the product uses of TypeBox, loaded as CommonJS and by its parts: its index has a hundred modules
 * more, which take a twentieth of the time of a start and 3 MB.
 */
import { createRequire } from 'node:module'

const require = createRequire(createRequire(import.meta.url).resolve('@sinclair/typebox'))

/** Makes schemas. */
export const Type: Pick<
  typeof import('@sinclair/typebox').Type,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Partial'
  | 'Pick'
  | 'Record'
  | 'String'
  | 'Tuple'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
> = {
  ...require('./type/array/index.js'),
  ...require('./type/boolean/index.js'),
  ...require('./type/integer/index.js'),
  ...require('./type/literal/index.js'),
  ...require('./type/null/index.js'),
  ...require('./type/number/index.js'),
  ...require('./type/object/index.js'),
  ...require('./type/optional/index.js'),
  ...require('./type/partial/index.js'),
  ...require('./type/pick/index.js'),
  ...require('./type/record/index.js'),
  ...require('./type/string/index.js'),
  ...require('./type/tuple/index.js'),
  ...require('./type/union/index.js'),
  ...require('./type/unknown/index.js'),
  ...require('./type/unsafe/index.js'),
}

export const {
  TypeCompiler,
}: typeof import('@sinclair/typebox/compiler') = require('./compiler/index.js')
