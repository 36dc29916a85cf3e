/** The right column: how much the filter leaves, four histograms to choose thresholds by looking, and what to do with all of it. */
import { useState } from 'react'
import { CountsBar } from '../pages/library/LibraryPage'
import { count } from '../lib/format'
import { address, mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { toast, toastFault } from '../parts/toasts'
import { everything, matchingNow } from './choose'
import type { Desk } from './desk'
import { FaceFilterDialog } from './FaceFilterDialog'
import type { RangeName } from './filter'
import { FreezeDialog } from './FreezeDialog'
import { HistogramBox } from './HistogramBox'
import { bodyOf, none, sizeOf } from './selection'
import type { Facets } from './wire'

interface PanelProps {
  desk: Desk
  total: number
  nextVersion: number
}

/** Roll is known only where landmarks are; else brightness stands there. */
export function shownHistograms(facets: Facets | null): RangeName[] {
  const hasRoll = facets === null || (facets.histograms.roll?.bins.some((one) => one > 0) ?? false)
  return ['sharpness', 'face_px', hasRoll ? 'roll' : 'brightness', 'clipped']
}

export function FilterPanel({ desk, total, nextVersion }: PanelProps) {
  const counts = useStore(desk.counts)
  const facets = useStore(desk.facets)
  const { filter } = useStore(desk.place)
  return (
    <aside className="panel right filterpanel" data-region="inspector" aria-label="What the filter leaves">
      <div className="sect match">
        <div className="row"><span className="matched num">{count(counts.any)}</span>{!filter.binned && <span className="end xs faint num">of {count(total)}</span>}</div>
        <div className="soft">{filter.binned ? 'in the bin' : 'match the filter'}</div>
        <CountsBar all={counts.any} picked={counts.picked} rejected={counts.rejected} />
        <div className="row wide xs num">
          <span className="row tight"><Icon name="flag" size="small" />{count(counts.picked)}</span>
          <span className="row tight"><span className="danger"><Icon name="close" size="small" /></span>{count(counts.rejected)}</span>
          <span className="row tight soft"><span className="dot off" />{count(counts.unreviewed)} left</span>
        </div>
      </div>
      <div className="sect histograms">
        {shownHistograms(facets).map((name) => (
          <HistogramBox key={name} name={name} data={facets?.histograms[name]} range={filter[name] ?? [null, null]} onSet={(range) => desk.show({ ...filter, [name]: range })} />
        ))}
      </div>
      <Actions desk={desk} nextVersion={nextVersion} isBin={filter.binned === true} />
    </aside>
  )
}

function Actions({ desk, nextVersion, isBin }: { desk: Desk; nextVersion: number; isBin: boolean }) {
  const selection = useStore(desk.selection)
  useStore(desk.source)
  useStore(desk.counts)
  const [open, setOpen] = useState<'freeze' | 'project' | 'faces' | null>(null)
  const chosen = sizeOf(selection)
  const shown = matchingNow(desk)
  const nothing = chosen === 0 && shown === 0 ? 'Nothing is shown here.' : null
  const what = chosen > 0 ? count(chosen) : 'all'
  const title = chosen > 0 ? undefined : `All ${count(shown)} that match`
  return (
    <div className="sect last panelacts">
      {chosen > 0 && (
        <div className="row xs chosenrow">
          <span className="num strong grow" role="status">{count(chosen)} chosen</span>
          <MoreMenu desk={desk} isBin={isBin} onProject={() => setOpen('project')} />
          <Button small kind="quiet" onClick={() => desk.selection.set(none)}>Clear</Button>
        </div>
      )}
      {mayEdit() && isBin && <Button icon="undo" className="fill" reason={nothing} title={title} onClick={() => desk.restore(everything(desk))}>Take {what} out of the bin</Button>}
      {mayEdit() && !isBin && (
        <>
          <div className="row two-acts">
            <Button icon="flag" reason={nothing} title={title} onClick={() => desk.decide({ verdict: 1 }, everything(desk))}>Pick {what}</Button>
            <Button icon="close" reason={nothing} title={title} onClick={() => desk.decide({ verdict: -1 }, everything(desk))}>Reject {what}</Button>
          </div>
          <Button kind="line" icon="filter" className="fill" onClick={() => setOpen('faces')}>Face filter…</Button>
          <Button kind="primary" icon="lock" className="fill" reason={nothing} onClick={() => setOpen('freeze')}>Freeze as version {nextVersion}…</Button>
          <p className="xs faint">A version is a fixed list. Later decisions do not change it.</p>
        </>
      )}
      {!mayEdit() && chosen === 0 && shown > 0 && <DownloadMenu desk={desk} label={`Download all ${count(shown)}`} />}
      {open === 'freeze' && <FreezeDialog desk={desk} number={nextVersion} onClose={() => setOpen(null)} />}
      {open === 'project' && <FreezeDialog desk={desk} number={nextVersion} next={{ words: 'project them', go: (version) => window.location.assign(address.newProjection(`?version=${version}`)) }} onClose={() => setOpen(null)} />}
      {open === 'faces' && <FaceFilterDialog desk={desk} onClose={() => setOpen(null)} />}
    </div>
  )
}

/** A zip streamed by the studio, without GPS. */
function download(desk: Desk, which: 'original' | 'view'): void {
  const body = bodyOf(everything(desk))
  if (!body) {
    toast('At most 5,000 portraits can be chosen one by one. Choose all of a filter instead.', { kind: 'error' })
    return
  }
  desk.wire.download(body, which)
    .then(({ url }) => window.location.assign(url))
    .catch((fault: unknown) => toastFault(fault, 'The download was not made.'))
}

function downloads(desk: Desk) {
  return [
    { id: 'original', label: 'Download the originals', icon: 'download' as const, act: () => download(desk, 'original') },
    { id: 'view', label: 'Download as seen in the loupe', icon: 'download' as const, act: () => download(desk, 'view') },
  ]
}

function DownloadMenu({ desk, label }: { desk: Desk; label: string }) {
  return <Menu button={<Button kind="line" icon="download" className="fill">{label}</Button>} items={downloads(desk)} />
}

function MoreMenu({ desk, isBin, onProject }: { desk: Desk; isBin: boolean; onProject: () => void }) {
  const edits = mayEdit() && !isBin ? [
    { id: 'project', label: 'Find them again in a network…', icon: 'projection' as const, act: onProject },
    { id: 'undecide', label: 'Take the decision back', icon: 'undo' as const, keys: 'U', act: () => desk.decide({ verdict: 0 }) },
    { id: 'bin', label: 'Put in the bin', icon: 'bin' as const, danger: true, keys: 'Del', line: true, act: () => desk.bin() },
  ] : []
  return <Menu align="end" button={<Button small kind="quiet" icon="more">More</Button>} items={[...downloads(desk), ...edits]} />
}
