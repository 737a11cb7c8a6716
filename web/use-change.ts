import { useEffect, useRef, useState } from 'preact/hooks'
import { closeDialog } from './dialog.ts'
import { tellFailure } from './messages.ts'
import { type Met, metBy } from './product-actions.ts'

/**
 * One change at a time, asked for in a dialog: whether it is under way, why it failed, and how to start it.
 * Once it is done the dialog closes. Where the dialog was closed meanwhile, the failure is told by a message
 * that begins with `what`, with a way back to the dialog as it was.
 */
export function useChange(what: string, back: () => void) {
  const [state, setState] = useState<{ busy: boolean; failure?: string }>({ busy: false })
  const closed = useRef(false)
  useEffect(
    () => () => {
      closed.current = true
    },
    [],
  )

  /** `onMet` hears where the change met one that someone else made to the product with this id. */
  async function start(change: () => Promise<unknown>, id?: string, onMet?: (met: Met) => void) {
    setState({ busy: true })
    try {
      await change()
      if (!closed.current) closeDialog()
    } catch (error) {
      const met = id === undefined || closed.current ? undefined : await metBy(id, error)
      if (closed.current) return tellFailure(what, error, { label: 'Try again', run: back })
      setState({ busy: false, failure: met ? undefined : (error as Error).message })
      if (met) onMet?.(met)
    }
  }
  return { ...state, start }
}
