import { signal } from '@preact/signals'
import type { Status } from '../schemas/status.ts'

/** The latest status of the service; undefined before the first answer. */
export const status = signal<Status | undefined>(undefined)
