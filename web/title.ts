import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'

let opened = false

history.scrollRestoration = 'manual' // Views restore their scroll position themselves.

/**
 * The heading of a view, which is also the title of the page. It takes the focus after navigation, so that screen
 * readers announce the new view.
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

/** Moves the focus to the heading of the view, or of the dialog that covers it. */
export function focusTitle(options?: FocusOptions): void {
  const heading =
    document.querySelector<HTMLElement>('dialog[open] h2') ??
    document.querySelector<HTMLElement>('h1')
  if (!heading) return
  heading.tabIndex = -1
  heading.focus(options)
}

/** Skips to the heading. A plain link to `#main` would navigate, because the router uses the fragment. */
export function skipToTitle(event: Event): void {
  event.preventDefault()
  focusTitle()
}
