import { useEffect, useRef, useState } from 'preact/hooks'
import { closeDialog, isDialogOpen } from './dialog.ts'
import { tellFailure } from './messages.ts'
import { type Conflict, conflictOf } from './product-actions.ts'

/**
 * A change that a dialog makes: whether it is in flight, why it failed, and a function to start it. On success it
 * closes the dialog. If the user has closed the dialog, a failure becomes a message that begins with `what` and
 * offers to reopen the dialog as it was.
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

  const isClosed = () => closed.current || !isDialogOpen()

  /**
   * Starts the change, unless one is in flight. Calls `onConflict` if someone else has changed or deleted the product
   * with this id.
   */
  async function start(
    change: () => Promise<unknown>,
    id?: string,
    onConflict?: (conflict: Conflict) => void,
  ) {
    if (state.busy) return
    setState({ busy: true })
    try {
      await change()
      if (!closed.current) closeDialog()
    } catch (error) {
      const conflict = id === undefined || isClosed() ? undefined : await conflictOf(id, error)
      if (isClosed()) return tellFailure(what, error, { label: 'Try again', run: back })
      setState({ busy: false, failure: conflict ? undefined : (error as Error).message })
      if (conflict) onConflict?.(conflict)
    }
  }
  return { ...state, start }
}
