import { useState } from 'react'
import { mayEdit } from '../lib/page'
import { toastFault } from '../parts/toasts'
import { saving } from '../wire/saving'
import { changeRun } from './deeds'
import type { Run } from './wire'

/** Free words about a run: what was tried and what came of it. Saved when the field is left. */
export function RunNotes({ run }: { run: Run }) {
  const [text, setText] = useState<string | null>(null)
  if (text === null) {
    return (
      <div className="runnotes">
        {run.notes && <p className="xs soft written">{run.notes}</p>}
        {mayEdit() && <button type="button" className="link accent xs" onClick={() => setText(run.notes)}>{run.notes ? 'Change the note' : 'Add a note'}</button>}
      </div>
    )
  }
  const end = (): void => {
    setText(null)
    if (text === run.notes) return
    saving.save(`training.notes.${run.id}`, () => changeRun(run, { notes: text })).catch((fault: unknown) => toastFault(fault, 'The note was not saved.'))
  }
  return (
    <textarea className="field" rows={3} aria-label="Notes" placeholder="What is tried, and what comes of it" value={text} autoFocus
      onChange={(event) => setText(event.target.value)} onBlur={end} onKeyDown={(event) => event.key === 'Escape' && end()} />
  )
}
