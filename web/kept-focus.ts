import { focusTitle } from './title.ts'

/** The element that had the focus last; undefined if the user took it away from everything. */
let last: HTMLElement | undefined

const isLost = () => document.activeElement === null || document.activeElement === document.body

/**
 * Keeps the focus when the page moves or removes the element that has it. A moved element gets it back; in place of a
 * removed one, the heading of the view gets it. Otherwise the next key would begin at the top of the document.
 */
export function keepFocus(): void {
  addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) last = target
  })
  addEventListener('focusout', () => {
    // In a later task: an element loses the focus before it is removed, and another one gets it after that.
    setTimeout(() => {
      if (isLost()) last = undefined
    })
  })
  const observer = new MutationObserver((changes) => {
    const lost = last
    if (!lost || !isLost()) return
    const removed = changes.flatMap(({ removedNodes }) => [...removedNodes])
    if (!removed.some((node) => node.contains(lost))) return
    if (lost.isConnected) lost.focus({ preventScroll: true })
    else focusTitle({ preventScroll: true })
  })
  observer.observe(document.body, { childList: true, subtree: true })
}
