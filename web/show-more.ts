import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.ts'

/** The button that reads one more page of a list. After the last page it gives way to a note, which gets its focus. */
export function ShowMore({ readMore }: { readMore: (() => void) | undefined }) {
  const [used, setUsed] = useState(false)
  const end = useRef<HTMLParagraphElement>(null)
  const ended = used && !readMore
  useLayoutEffect(() => {
    if (ended && document.activeElement === document.body) end.current?.focus()
  }, [ended])
  function more() {
    setUsed(true)
    readMore?.()
  }
  if (ended) return html`<p key="end" ref=${end} class="note" tabindex="-1">That is all.</p>`
  return (
    readMore &&
    html`<p key="more"><button type="button" class="plain" onClick=${more}>Show more</button></p>`
  )
}
