/** Export: what a format does not carry is told before the file is made. */
import { plural } from '../../lib/format'
import { FaultNote, Note, Skeleton } from '../../parts/basics'
import { FormDialog } from '../../parts/Dialog'
import { useAsk } from '../../wire/query'
import type { Track } from '../../wire/types'
import { exportsOf, FORMATS, type FormatName } from './exchange'

export function ExportDialog({ track, format, onClose }: { track: Track; format: FormatName; onClose: () => void }) {
  const exports = useAsk(exportsOf(track.id))
  const found = exports.isFetching ? undefined : exports.data?.items.find((one) => one.format === format)
  const title = FORMATS.find((one) => one.name === format)?.title ?? format
  const send = (): void => {
    if (!found) return
    window.location.assign(found.url)
    onClose()
  }
  return (
    <FormDialog title={`Export as ${title}?`} act="Download" isOpen isBusy={exports.isFetching} reason={found ? null : 'The file cannot be made yet'} onSend={send} onClose={onClose}>
      <div className="col exchange">
        {exports.error && <FaultNote what="The file cannot be made." fault={exports.error} again={() => void exports.refetch()} />}
        {!found && !exports.error && <Skeleton rows={2} />}
        {found && <span className="strong clip">{found.file_name}</span>}
        {found && found.left_out.length === 0 && <Note mood="ok">Everything of this track’s grid and cues is in it.</Note>}
        {found && found.left_out.length > 0 && (
          <Note>
            <b className="strong">{plural(found.left_out.length, 'thing')} to know.</b>
            <ul className="left-out xs">{found.left_out.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
          </Note>
        )}
      </div>
    </FormDialog>
  )
}
