import { useState } from 'react'
import { mayEdit } from '../lib/page'
import { toastFault } from '../parts/toasts'
import { saving } from '../wire/saving'
import { changeProjection } from './deeds'
import type { Projection } from './wire'

/** Free words about a projection. Saved when the field is left. */
export function Notes({ one }: { one: Projection }) {
  const [text, setText] = useState<string | null>(null)
  if (text === null) {
    return (
      <div className="runnotes">
        {one.notes && <p className="xs soft written">{one.notes}</p>}
        {mayEdit() && <button type="button" className="link accent xs" onClick={() => setText(one.notes)}>{one.notes ? 'Change the note' : 'Add a note'}</button>}
      </div>
    )
  }
  const end = (): void => {
    setText(null)
    if (text === one.notes) return
    saving.save(`projection.notes.${one.id}`, () => changeProjection(one, { notes: text })).catch((fault: unknown) => toastFault(fault, 'The note was not saved.'))
  }
  return <textarea className="field" rows={3} aria-label="Notes" value={text} autoFocus onChange={(event) => setText(event.target.value)} onBlur={end} onKeyDown={(event) => event.key === 'Escape' && end()} />
}
