import { tellFailure } from '../messages.ts'
import type { AlertRequest } from './dialog.ts'

/** Opens the dialog of alerts, which is loaded only then. */
export async function openAlertDialog(request: AlertRequest): Promise<void> {
  try {
    const { showAlertDialog } = await import('./dialog.ts')
    showAlertDialog(request)
  } catch {
    const again = () => openAlertDialog(request)
    const reason = new Error('this part of the page could not be loaded')
    tellFailure('Not opened', reason, { label: 'Try again', run: again })
  }
}
