/** Files of cues and grids on the desk: bring one in by button, key palette or drop; export by menu. */
import { useState } from 'react'
import { useCommands, type Command } from '../../lib/keys'
import { mayEdit } from '../../lib/page'
import { Button } from '../../parts/Button'
import { DropPlace } from '../../parts/DropPlace'
import { Menu } from '../../parts/Menu'
import { toast } from '../../parts/toasts'
import type { Track } from '../../wire/types'
import type { Desk } from '../desk'
import { ExportDialog } from './ExportDialog'
import { FORMATS, type FormatName } from './exchange'
import { ImportDialog } from './ImportDialog'

export function ExchangeTools({ desk, track }: { desk: Desk; track: Track }) {
  const [coming, setComing] = useState<{ file: File | null } | null>(null)
  const [going, setGoing] = useState<FormatName | null>(null)
  const isReady = track.duration_seconds !== null
  const reason = isReady ? null : 'The track is still being unpacked.'
  const take = (files: readonly File[]): void => {
    if (files.length > 1) toast(`One file at a time: “${files[0]?.name}” is looked at.`)
    if (files[0]) setComing({ file: files[0] })
  }
  const command = (id: string, title: string, run: () => void): Command => ({ id: `track.${id}`, title, group: 'Files', run, isOff: () => !isReady })
  useCommands([
    ...(mayEdit() ? [command('import', 'Bring in cues and grid…', () => setComing({ file: null }))] : []),
    ...FORMATS.map(({ name, title }) => command(`export-${name}`, `Export as ${title}…`, () => setGoing(name))),
  ])
  return (
    <>
      {mayEdit() && <Button kind="quiet" small icon="upload" reason={reason} onClick={() => setComing({ file: null })}>Bring in…</Button>}
      <Menu align="end" button={<Button kind="quiet" small icon="download" reason={reason}>Export</Button>}
        items={FORMATS.map(({ name, title }) => ({ id: name, label: `${title}…`, act: () => setGoing(name) }))} />
      <DropPlace isOn={mayEdit() && isReady} title="Drop cues or a beat grid here" onDrop={({ files }) => take(files)}>
        Audacity labels, CSV, JAMS, MIDI, rekordbox XML or a file of this studio. It is looked at first.
      </DropPlace>
      {coming && <ImportDialog desk={desk} track={track} dropped={coming.file} onClose={() => setComing(null)} />}
      {going && <ExportDialog track={track} format={going} onClose={() => setGoing(null)} />}
    </>
  )
}
