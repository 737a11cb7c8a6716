import { useState } from 'preact/hooks'
import type { Conflict, Version } from './conflict.ts'
import { closeDialog } from './dialog.ts'
import { html } from './html.ts'
import { Meanwhile } from './meanwhile.ts'
import { tell } from './messages.ts'
import { quoted } from './quoted.ts'
import { useChange } from './use-change.ts'

/** What a dialog edits, and what it does when others get in between. */
interface Edit<T> {
  /** What people call it, such as `product`. */
  what: string
  path: string
  /** The version that the user saw when the dialog was opened. */
  opened: Version<T>
  /** The conflicts so far. */
  conflictsBefore: Conflict<T>[]
  /** Whether what was typed is what there is. */
  isSame: (there: T) => boolean
  /** Opens the dialog again with what was typed. */
  reopen: (before: Version<T>, conflicts: Conflict<T>[]) => void
}

/** Explains a conflict, and how to resolve it. */
function ConflictNote(props: { what: string; isGone: boolean; again: boolean }) {
  const { what, isGone, again } = props
  if (isGone) {
    return html`<p>Someone deleted this ${what} in the meantime. What you typed is still here: you can create a
      new ${what} from it.</p>`
  }
  return html`<p>Someone else has changed this ${what} ${again ? 'again' : 'in the meantime'}.
    Choose “Keep mine” to save what you typed, or “Take theirs” to leave the ${what} as it is now.</p>`
}

/**
 * The change that an edit dialog makes. If someone else has changed or deleted the same thing in the meantime, nothing
 * is saved: the dialog keeps what was typed, and gets a note and buttons to choose what becomes of it.
 */
export function useEdit<T extends { name: string }>(edit: Edit<T>) {
  const { what, path, opened, conflictsBefore, isSame, reopen } = edit
  // The page keeps updating while the dialog is open; the change applies to the version seen when it opened.
  const [before, setBefore] = useState(opened)
  const [conflicts, setConflicts] = useState(conflictsBefore)
  const back = () => reopen(before, conflicts)
  const { busy, failure, start } = useChange('Not saved', back)
  const last = conflicts.at(-1)
  const isGone = last === 'gone'
  const theirs = last === 'gone' ? undefined : last?.data

  function onConflict(conflict: Conflict<T>) {
    if (conflict !== 'gone' && isSame(conflict.data)) {
      closeDialog()
      tell(
        `${quoted(conflict.data.name)} needs no change: someone else has already made the same one.`,
      )
      return
    }
    if (conflict !== 'gone') setBefore(conflict)
    setConflicts([...conflicts, conflict])
  }
  function takeTheirs() {
    closeDialog()
    const name = quoted(before.data.name)
    tell(`Kept the other version of ${name}.`, { label: 'Back to mine', run: back })
  }
  return {
    ...{ before, theirs, isGone, busy, failure },
    /** Runs the change of what the user saw, which must fail if that has changed since. */
    change: (run: (before: Version<T>) => Promise<unknown>) =>
      void start(() => run(before), path, onConflict),
    /** Runs what creates it anew, after someone else deleted it. */
    createAgain: (run: () => Promise<unknown>) => void start(run),
    /** What the button that saves is called. */
    action: isGone ? 'Create it again' : theirs ? 'Keep mine' : 'Save',
    note:
      last &&
      html`<${Meanwhile} key=${conflicts.length}>
        <${ConflictNote} what=${what} isGone=${isGone} again=${conflicts.length > 1} />
      </${Meanwhile}>`,
    /** Further buttons. */
    others:
      theirs &&
      html`<button type="button" class="plain" aria-disabled=${busy}
        onClick=${() => busy || takeTheirs()}>Take theirs</button>`,
  }
}
