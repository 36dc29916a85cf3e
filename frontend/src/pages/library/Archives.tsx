/** What became of the files of a zip: how many are new, known, refused, and why. */
import { useState } from 'react'
import { count } from '../../lib/format'
import { Button, IconButton } from '../../parts/Button'
import { Popover } from '../../parts/Menu'
import { useProjectEvents } from '../../shell/live'
import { get } from '../../wire/api'
import { refresh, useAsk } from '../../wire/query'
import type { components } from '../../wire/schema'
import type { Items } from '../../wire/types'

type Import = components['schemas']['ImportOut']
type ImportedFile = components['schemas']['ImportedFileOut']

const DISMISSED = 'phosphene.library.archives'
/** Older ones are history. */
const SHOWN_MS = 24 * 3600 * 1000

function dismissed(): string[] {
  return JSON.parse(window.localStorage.getItem(DISMISSED) ?? '[]') as string[]
}

export function Archives({ dataset }: { dataset: string }) {
  const imports = useAsk({ queryKey: ['imports', dataset], queryFn: ({ signal }) => get<Items<Import>>(`/datasets/${dataset}/imports`, signal) })
  const [gone, setGone] = useState(dismissed)
  useProjectEvents(({ kind, payload }) => {
    if (kind.startsWith('job.') && payload.kind === 'import_portraits' && payload.state === 'done') void refresh('imports', dataset)
  })
  const shown = (imports.data?.items ?? []).filter((one) => one.finished_at !== null && Date.now() - Date.parse(one.finished_at) < SHOWN_MS && !gone.includes(one.id))
  if (shown.length === 0) return null
  const drop = (id: string): void => {
    const next = [...gone, id].slice(-200)
    window.localStorage.setItem(DISMISSED, JSON.stringify(next))
    setGone(next)
  }
  return (
    <section className="card uploads" aria-label="Zips that were read">
      {shown.map((one) => (
        <div key={one.id} className="upload row xs">
          <span className="grow clip strong">{one.name}</span>
          <span className="soft num">{count(one.taken)} new{one.known > 0 ? `, ${count(one.known)} here already` : ''}</span>
          {one.refused > 0 && <Refused archive={one} />}
          <IconButton small icon="close" label={`Dismiss ${one.name}`} onClick={() => drop(one.id)} />
        </div>
      ))}
    </section>
  )
}

function Refused({ archive }: { archive: Import }) {
  const [isOpen, setOpen] = useState(false)
  const files = useAsk({
    queryKey: ['import-files', archive.id],
    queryFn: ({ signal }) => get<Items<ImportedFile>>(`/imports/${archive.id}/files?fate=refused`, signal),
    enabled: isOpen,
  })
  return (
    <Popover label="Refused files" open={isOpen} onOpenChange={setOpen} button={<Button small kind="quiet"><span className="danger">{count(archive.refused)} refused</span></Button>}>
      <ul className="condition">
        {files.data?.items.map((one) => <li key={one.position} className="xs"><span className="strong">{one.name}</span> <span className="soft">{one.reason}</span></li>)}
      </ul>
    </Popover>
  )
}
