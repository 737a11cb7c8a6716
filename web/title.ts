import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'

let opened = false

history.scrollRestoration = 'manual' // Where a view begins is up to it.

/**
 * The heading of a view, and the title of the page while it is there. It takes the focus when one has
 * gone to the view, so that who can't see the change is told where they are now.
 */
export function Title({ text }: { text: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${text} – Product aggregator`
  }, [text])
  useLayoutEffect(() => {
    if (opened) {
      scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    }
    opened = true
  }, [])
  return html`<h1 tabindex="-1" ref=${heading}>${text}</h1>`
}

/** Takes the focus to the heading of the view, from what is about to go. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('h1')?.focus()
}

/** The address is taken by the places of the page, so that a link to `#main` would be one of them. */
export function skipToTitle(event: Event): void {
  event.preventDefault()
  focusTitle()
}
