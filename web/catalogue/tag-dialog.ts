import { useEffect, useRef, useState } from 'preact/hooks'
import { fromTagLine, TAGS_MAX, toTagLine } from '../../schemas/tag-rules.ts'
import { TEXT_RULES } from '../../schemas/text-rules.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { TextField } from '../fields.ts'
import { count, counted } from '../format.ts'
import { html } from '../html.ts'
import { tell, tellFailure } from '../messages.ts'
import { quoted } from '../quoted.ts'
import type { CatalogueQuery } from './pages.ts'
import { countFound, type Tagging, Tally, tagAll, untag } from './tag-all.ts'

/** The most products that are tagged at once. */
const MOST = 10_000

/** What to do, in words: add to products, or remove from them. */
const wordsOf = ({ remove, tags }: Tagging) => {
  const what = quoted(toTagLine(tags))
  return remove
    ? { verb: 'Remove', doing: 'Removing', done: `Removed ${what}`, side: 'from' }
    : { verb: 'Add', doing: 'Adding', done: `Added ${what}`, side: 'to' }
}

function faultOf(tags: readonly string[]): string | undefined {
  if (tags.length === 0) return 'Type a tag'
  if (tags.length > TAGS_MAX) return `Type at most ${TAGS_MAX} tags`
  const faults = tags.map((tag) => TEXT_RULES.tag(tag, quoted(tag)))
  return faults.find((fault) => fault !== undefined)
}

/** Why so many products cannot be tagged at once; undefined if they can. */
function numberFault(total: number): string | undefined {
  if (total === 0) return 'No product matches'
  if (total <= MOST) return undefined
  return `These are ${counted(total, 'product')}, and at most ${count(MOST)} are tagged at once: search or filter the list`
}

/** Puts back the tags that products had. */
async function undo(tally: Tally): Promise<void> {
  try {
    tell(`The tags of ${counted(await untag(tally.changes), 'product')} are as they were.`)
  } catch (error) {
    tellFailure('Not undone', error, { label: 'Try again', run: () => undo(tally) })
  }
}

/** Reports what was done. The message offers to undo it. */
function tellTagged(tagging: Tagging, tally: Tally, total: number, isWhole: boolean): void {
  const { done, side } = wordsOf(tagging)
  const { seen, changes, full } = tally
  const sentences = [
    ...(isWhole ? [] : [`Stopped after ${count(seen)} of ${counted(total, 'product')}.`]),
    changes.length === 0
      ? 'No tags were changed.'
      : `${done} ${side} ${counted(changes.length, 'product')}.`,
    ...(full === 0
      ? []
      : [`Left ${counted(full, 'product')} unchanged: at most ${TAGS_MAX} tags are allowed.`]),
  ]
  const action = { label: 'Undo', run: () => undo(tally) }
  tell(sentences.join(' '), changes.length > 0 ? action : undefined)
}

/** Asks for the tags, then counts the products. */
function Choose(props: {
  query: CatalogueQuery
  line: string
  onType: (line: string) => void
  onCounted: (tagging: Tagging, total: number) => void
}) {
  const { query, line, onType, onCounted } = props
  const [tried, setTried] = useState(false)
  const [state, setState] = useState<{ busy: boolean; failure?: string }>({ busy: false })
  const tags = [...new Set(fromTagLine(line))]
  const fault = faultOf(tags)
  async function choose(remove: boolean) {
    setTried(true)
    if (fault !== undefined) return document.getElementById('tags-of-all')?.focus()
    if (state.busy) return
    setState({ busy: true })
    try {
      const total = await countFound(query)
      const failure = numberFault(total)
      setState({ busy: false, failure })
      if (failure === undefined) onCounted({ remove, tags }, total)
    } catch (error) {
      setState({ busy: false, failure: (error as Error).message })
    }
  }
  function submit(event: Event) {
    event.preventDefault()
    void choose(false)
  }
  return html`<form key="choose" novalidate onSubmit=${submit}>
    <p>This is about all products of the list as it is filtered, also those further down.</p>
    <${TextField} id="tags-of-all" label="Tags, separated by commas" value=${line}
      fault=${tried ? fault : undefined} onType=${onType} />
    ${state.failure && html`<p class="failure" role="alert">${state.failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
      <button type="button" class="plain" aria-disabled=${state.busy}
        onClick=${() => choose(true)}>Remove…</button>
      <button aria-disabled=${state.busy}>Add…</button>
    </div>
  </form>`
}

/** Tags the products while it is shown. */
function Progress(props: { tagging: Tagging; total: number; query: CatalogueQuery }) {
  const { tagging, total, query } = props
  const [seen, setSeen] = useState(0)
  const closed = useRef(false)
  async function run() {
    const tally = new Tally()
    const tellDone = (isWhole: boolean) => tellTagged(tagging, tally, total, isWhole)
    try {
      for await (const _ of tagAll(query, tagging, total, tally)) {
        setSeen(tally.seen)
        if (closed.current) break
      }
      tellDone(!closed.current || tally.seen >= total)
    } catch (error) {
      if (tally.changes.length > 0) tellDone(false)
      const again = () => showTagDialog(query, toTagLine(tagging.tags))
      tellFailure('Not all were tagged', error, { label: 'Try again', run: again })
    }
    if (!closed.current) closeDialog()
  }
  useEffect(() => {
    void run()
    return () => {
      closed.current = true
    }
  }, [])
  return html`<div key="progress">
    <progress aria-labelledby="dialog-title" max=${total} value=${seen} />
    <p>${count(seen)} of ${counted(total, 'product')}</p>
    <div class="buttons"><button type="button" onClick=${closeDialog}>Stop</button></div>
  </div>`
}

/** Asks which tags to add or remove, then whether that many products are meant, then does it. */
function TagDialog({ query, initial }: { query: CatalogueQuery; initial: string }) {
  const [line, setLine] = useState(initial)
  const [asked, setAsked] = useState<{ tagging: Tagging; total: number }>()
  const [started, setStarted] = useState(false)
  if (!asked) {
    return html`<${Dialog} title="Tag these products">
      <${Choose} query=${query} line=${line} onType=${setLine}
        onCounted=${(tagging: Tagging, total: number) => setAsked({ tagging, total })} />
    </${Dialog}>`
  }
  const { tagging, total } = asked
  const { verb, doing, side } = wordsOf(tagging)
  const products = counted(total, 'product')
  if (started) {
    return html`<${Dialog} title=${`${doing} ${side} ${products}`}>
      <${Progress} query=${query} tagging=${tagging} total=${total} />
    </${Dialog}>`
  }
  return html`<${Dialog} title=${`${verb} ${side} ${products}?`}>
    <div key="confirm">
      <p class="wrap"><strong>${toTagLine(tagging.tags)}</strong></p>
      <p>Their other tags stay. A message will offer to undo it.</p>
      <div class="buttons">
        <button type="button" class="plain" onClick=${() => setAsked(undefined)}>Back</button>
        <button type="button" onClick=${() => setStarted(true)}>${verb} ${side} ${products}</button>
      </div>
    </div>
  </${Dialog}>`
}

/** Opens the dialog that tags all products of a list, with the tags that were typed, if any. */
export function showTagDialog(query: CatalogueQuery, typed = ''): void {
  showDialog(() => html`<${TagDialog} query=${query} initial=${typed} />`)
}
