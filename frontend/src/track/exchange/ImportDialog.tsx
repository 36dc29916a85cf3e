/** Bring in cues and grid: what a file holds, what of it would come in, and what cannot be carried, before anything is done. */
import { useEffect, useRef, useState } from 'react'
import { clock, count, plural } from '../../lib/format'
import { newId } from '../../lib/new_id'
import { undoRegistry } from '../../lib/undo'
import { ChoiceField, FaultNote, Labelled, Note, Switch, Tag, TextField } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { toast } from '../../parts/toasts'
import type { EditAnswer, Track } from '../../wire/types'
import type { Desk } from '../desk'
import { bringIn, ENDINGS, FIRST_WISH, LARGEST, lookAt, offsetOf, planned, reasonNot, rowsOf, type ImportLook, type ImportWish } from './exchange'

const TYPING_MS = 250

interface ImportDialogProps {
  desk: Desk
  track: Track
  /** What was dropped on the desk or on this dialog last; else the person chooses here. */
  dropped: File | null
  onClose: () => void
}

export function ImportDialog({ desk, track, dropped, onClose }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(dropped)
  const [wish, setWish] = useState<ImportWish>(FIRST_WISH)
  const { look, fault, isLooking } = useLook(track.id, file, wish)
  const [refusal, setRefusal] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  // One for this dialog: an answer that was lost on its way and is asked for again makes no second edit.
  const key = useRef(newId())
  const change = (values: Partial<ImportWish>): void => {
    setRefusal(null)
    setWish((now) => ({ ...now, ...values }))
  }
  const take = (chosen: File): void => {
    setFile(chosen)
    change({ answers: {} })
  }
  const latest = useRef(dropped)
  useEffect(() => {
    if (dropped && dropped !== latest.current) take(dropped)
    latest.current = dropped
  })
  const send = (): void => {
    if (!file) return
    setBusy(true)
    bringIn<EditAnswer>(track.id, file, wish, key.current)
      .then((answer) => {
        desk.edits.adopt(answer)
        toast(`${answer.edit.title.replace('Import', 'Brought in')} from “${file.name}”.`, { action: { label: 'Undo', act: () => void undoRegistry.undo() } })
        onClose()
      })
      .catch((no: unknown) => {
        key.current = newId()
        setRefusal(no)
      })
      .finally(() => setBusy(false))
  }
  return (
    <FormDialog wide title="Bring in cues and grid?" act="Bring in" isOpen isBusy={isBusy || isLooking} reason={reasonNot(file, look, wish)} onSend={send} onClose={onClose}>
      <div className="col exchange">
        <FileRow file={file} look={look} onFile={take} />
        {!file && <p className="soft xs none">Audacity labels, a CSV table, JAMS, MIDI, rekordbox XML, or a file of this studio. What it is shows from what is in it. A file may also be dropped on the desk.</p>}
        {(refusal ?? fault) !== null && <FaultNote what="The file cannot be brought in as it is." fault={refusal ?? fault} />}
        {look && <Choices look={look} wish={wish} onChange={change} />}
        {look && <Preview look={look} wish={wish} />}
      </div>
    </FormDialog>
  )
}

/** Looks again as the wish changes; what was seen stays until the new is there. */
function useLook(trackId: string, file: File | null, wish: ImportWish): { look: ImportLook | null; fault: unknown; isLooking: boolean } {
  const [seen, setSeen] = useState<{ look: ImportLook | null; fault: unknown; of: File | null }>({ look: null, fault: null, of: null })
  const [isLooking, setLooking] = useState(false)
  useEffect(() => {
    if (!file || offsetOf(wish.offset) === null) return
    if (file.size > LARGEST) return setSeen({ look: null, fault: new Error(`“${file.name}” is larger than 32 MB. Send the cues and beats of one track.`), of: file })
    const stop = new AbortController()
    setLooking(true)
    const timer = setTimeout(() => {
      lookAt(trackId, file, wish, stop.signal)
        .then((look) => setSeen({ look, fault: null, of: file }))
        .catch((fault: unknown) => !stop.signal.aborted && setSeen({ look: null, fault, of: file }))
        .finally(() => !stop.signal.aborted && setLooking(false))
    }, seen.of === file ? TYPING_MS : 0)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
    // What was seen only decides how soon is asked.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [trackId, file, wish])
  return { look: seen.of === file ? seen.look : null, fault: seen.of === file ? seen.fault : null, isLooking }
}

function FileRow({ file, look, onFile }: { file: File | null; look: ImportLook | null; onFile: (file: File) => void }) {
  const label = file ? 'Choose another file' : 'Choose a file'
  return (
    <div className="row">
      <label className="btn plain small file-button">
        {label}
        <input type="file" accept={ENDINGS} aria-label={label} onChange={(event) => {
          const chosen = event.target.files?.[0]
          event.target.value = ''
          if (chosen) onFile(chosen)
        }} />
      </label>
      <span className="strong clip">{file?.name}</span>
      {look && <Tag>{look.format_title}</Tag>}
    </div>
  )
}

function Choices({ look, wish, onChange }: { look: ImportLook; wish: ImportWish; onChange: (values: Partial<ImportWish>) => void }) {
  const wrong = offsetOf(wish.offset) === null ? 'Write seconds as a number, such as −0.025.' : null
  return (
    <>
      {look.asked.map((asked) => (
        <ChoiceField key={asked.name} label={asked.title} value={asked.value}
          choices={[...(asked.value === '' ? [{ value: '', label: 'Choose one' }] : []), ...asked.options.map(({ value, title }) => ({ value, label: title }))]}
          onChange={(value) => onChange({ answers: { ...wish.answers, [asked.name]: value } })} />
      ))}
      <div className="row wishes">
        {look.cues_found > 0 && <span className="row tight"><Switch label="Cues" isOn={wish.cues} onChange={(cues) => onChange({ cues })} /><span>{plural(look.cues_found, 'cue')}</span></span>}
        {look.markers_found > 0 && <span className="row tight"><Switch label="Beat grid" isOn={wish.grid} onChange={(grid) => onChange({ grid })} /><span>Beat grid, {plural(look.markers_found, 'tempo marker')}</span></span>}
      </div>
      <div className="row wishes fields">
        {look.cues_found > 0 && wish.cues && look.cues_there > 0 && (
          <ChoiceField label="The cues that are there" value={wish.mode} onChange={(mode) => onChange({ mode: mode as ImportWish['mode'] })}
            choices={[{ value: 'add', label: 'Stay' }, { value: 'replace', label: 'Go' }]} />
        )}
        <TextField label="Move everything by, seconds" inputMode="decimal" value={wish.offset} wrong={wrong} onChange={(offset) => onChange({ offset })} />
      </div>
    </>
  )
}

function Preview({ look, wish }: { look: ImportLook; wish: ImportWish }) {
  const rows = rowsOf(look)
  const more = look.cues_found - look.cues.length
  return (
    <>
      <Note mood={look.cues_in + look.markers_in > 0 ? 'ok' : 'warn'}>{planned(look, wish)}</Note>
      {look.left_out.length > 0 && (
        <Note mood="warn">
          <b className="strong">Not everything can be carried as it is.</b>
          <ul className="left-out xs">{look.left_out.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        </Note>
      )}
      {rows.length > 0 && (
        <Labelled label="What is in it" hint={[...look.facts, more > 0 ? `${count(more)} more are not shown.` : ''].filter(Boolean).join(' ')}>
          {({ id }) => (
            <div id={id} className="seen" role="region" aria-label="What is in the file" tabIndex={0}>
              <table className="dense">
                <thead><tr><th className="num">Time</th><th className="num">End</th><th>Name</th><th>Kind</th><th>Comes in</th></tr></thead>
                <tbody>
                  {rows.map((row, at) => (
                    <tr key={at} className={row.staysOut ? 'out' : undefined}>
                      <td className="num">{clock(row.seconds, 3)}</td>
                      <td className="num">{row.end === null ? '' : clock(row.end, 3)}</td>
                      <td className="clip">{row.name}</td>
                      <td className="nowrap">{row.kind}</td>
                      <td className="nowrap">{row.staysOut ? `No: ${row.staysOut}` : 'Yes'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Labelled>
      )}
    </>
  )
}
