import { useState } from 'preact/hooks'
import type { Alert, AlertTrial } from '../../schemas/alert.ts'
import type { Conflict, Version } from '../conflict.ts'
import type { Range } from '../product/range.ts'
import {
  faultsOf,
  newTyped,
  suggestedName,
  type TypedAlert,
  tagOf,
  toSettings,
  toTyped,
} from './typed.ts'
import { type About, type Subject, useSubject } from './use-subject.ts'

/** What the dialog is opened for. */
export interface AlertRequest {
  about: About
  /** The range of the preview. */
  range: Range
  /** The alert to change, as the user saw it; undefined for a new one. */
  opened?: Version<Alert>
  /** What was already typed. */
  typed?: TypedAlert
  /** What the change has already run into. */
  conflicts?: Conflict<Alert>[]
}

/** The name of what an alert is about, and the time over which to try it. */
function known({ about, opened }: AlertRequest, subject: Subject | null | undefined) {
  const all = about.tag === null ? 'All products' : `Tag ${about.tag}`
  const window = subject ? { from: subject.trend.from, to: subject.trend.to } : {}
  return {
    name:
      about.product_id === null ? all : (subject?.product.name ?? opened?.data.name ?? 'Product'),
    window,
  }
}

/** What is typed in the dialog, and what follows from it. */
export function useTyped(request: AlertRequest) {
  const { opened, range } = request
  const { data: subject, error } = useSubject(request.about, range)
  const [entered, setTyped] = useState(request.typed ?? (opened && toTyped(opened.data)))
  const lowest = subject?.product.lowest_price ?? null
  const typed = entered ?? newTyped(lowest, request.about.tag ?? '')
  const isOpen = !opened && request.about.product_id === null
  // These two alone: `request.about` can be a whole alert, and the API refuses a trial with more in it.
  const { product_id, tag } = isOpen ? { product_id: null, tag: tagOf(typed) } : request.about
  const about = { product_id, tag }
  const faults = faultsOf(typed)
  const valid = Object.keys(faults).length === 0
  const { name, window } = known({ ...request, about }, subject)
  const suggestion = suggestedName(name, typed, valid)
  const settings = { name: typed.name.trim() || suggestion, ...toSettings(typed) }
  const trial: AlertTrial | undefined =
    valid && subject !== undefined ? { ...about, ...toSettings(typed), ...window } : undefined
  return {
    /** What the alert is about, and its name. */
    ...{ about, name, subject, error },
    /** Whether the user says what the alert is about. */
    isOpen,
    ...{ typed, setTyped, faults, valid, suggestion },
    /** What was typed, as it is stored. It can be wrong while that has faults. */
    settings,
    trial,
  }
}
