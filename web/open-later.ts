import { tellFailure } from './messages.ts'

/** Opens a dialog whose code is loaded only then. If that fails, a message offers to try again. */
export async function openLater(open: () => Promise<void>): Promise<void> {
  try {
    await open()
  } catch {
    const reason = new Error('this part of the page could not be loaded')
    tellFailure('Not opened', reason, { label: 'Try again', run: () => openLater(open) })
  }
}
