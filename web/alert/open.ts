import { openLater } from '../open-later.ts'
import type { AlertRequest } from './use-typed.ts'

/** Opens the dialog of alerts. */
export const openAlertDialog = (request: AlertRequest): Promise<void> =>
  openLater(async () => {
    const { showAlertDialog } = await import('./dialog.ts')
    showAlertDialog(request)
  })
