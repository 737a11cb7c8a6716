import { signal } from '@preact/signals'
import type { Status } from '../schemas/status.ts'

/** How the service did when it was last asked; undefined before. */
export const status = signal<Status | undefined>(undefined)
