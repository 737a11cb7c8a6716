import type { Differing, None } from '../ours.ts'
import type { components } from './schema.ts'

export type Unlike = None<Differing<components['schemas']>>
