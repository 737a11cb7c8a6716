import { useEffect, useRef, useState } from 'preact/hooks'
import { type Conflict, conflictOf, inPlainWords } from './conflict.ts'
import { closeDialog, isDialogOpen } from './dialog.ts'
import { tellFailure } from './messages.ts'

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
   * Starts the change, unless one is in flight. Calls `onConflict` if someone else has changed or deleted what has this
   * path.
   */
  async function start<T>(
    change: () => Promise<unknown>,
    path?: string,
    onConflict?: (conflict: Conflict<T>) => void,
  ) {
    if (state.busy) return
    setState({ busy: true })
    try {
      await change()
      if (!closed.current) closeDialog()
    } catch (error) {
      const mayConflict = path !== undefined && !isClosed()
      const conflict = mayConflict ? await conflictOf<T>(path, error) : undefined
      if (isClosed()) {
        const reason = path === undefined ? error : inPlainWords(error, 'it')
        return tellFailure(what, reason, { label: 'Try again', run: back })
      }
      setState({ busy: false, failure: conflict ? undefined : (error as Error).message })
      if (conflict) onConflict?.(conflict)
    }
  }
  return { ...state, start }
}
