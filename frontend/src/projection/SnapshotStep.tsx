/** The snapshot in which it is looked for. */
import { useEffect } from 'react'
import { address, projectId } from '../lib/page'
import { inOrder, pickedWith, snapshotTitle } from '../network/growth'
import { isPattern } from '../network/kinds'
import { Note, Select } from '../parts/basics'
import { queries, useAsk } from '../wire/query'
import type { Draft } from './draft'

const MOST_TILES = 12

export function SnapshotStep({ draft, problem, onChange }: { draft: Draft; problem: string | null; onChange: (next: Draft) => void }) {
  const networks = useAsk(queries.networks(projectId()))
  const fitting = (networks.data?.items ?? []).filter((one) => !isPattern(one) && one.snapshots.length > 0)
  const network = fitting.find((one) => one.snapshots.some((snapshot) => snapshot.id === draft.snapshot)) ?? fitting[0]
  const ordered = inOrder(network?.snapshots ?? [])
  const newest = ordered.at(-1)?.id
  const isUnset = draft.snapshot === null
  useEffect(() => {
    if (isUnset && newest) onChange({ ...draft, snapshot: newest })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the networks have come
  }, [isUnset, newest])
  const place = Math.max(0, ordered.findIndex((one) => one.id === draft.snapshot))
  const here = ordered[place]
  const change = (id: string): void => {
    const next = inOrder(fitting.find((one) => one.id === id)?.snapshots ?? []).at(-1)
    if (next) onChange({ ...draft, snapshot: next.id })
  }
  return (
    <section className="step" aria-label="Snapshot">
      <div className="steptitle"><h2>Snapshot</h2><span className="soft xs">A network finds best what it was trained on.</span></div>
      {networks.data && !network && <Note action={<a className="link" href={address.place('networks')}>Networks</a>}>This project has no StyleGAN network yet. Import or train one; nothing can be found again in a pattern network.</Note>}
      {network && (
        <>
          <div className="row">
            <Select small aria-label="Network" value={network.id} choices={fitting.map((one) => ({ value: one.id, label: one.name }))} onChange={change} />
            {here && <span className="xs soft num">{snapshotTitle(here, network.name)}, {here.resolution} × {here.resolution}</span>}
          </div>
          <div className="thumbs startnetwork">
            {pickedWith(ordered, MOST_TILES, place).map((one) => (
              <button key={one.id} type="button" className={one.id === draft.snapshot ? 'tile on' : 'tile'} aria-pressed={one.id === draft.snapshot} aria-label={snapshotTitle(one, network.name)} title={snapshotTitle(one, network.name)} onClick={() => onChange({ ...draft, snapshot: one.id })}>
                {one.thumbnail_url && <img src={one.thumbnail_url} alt="" loading="lazy" />}
              </button>
            ))}
          </div>
        </>
      )}
      {problem && <div className="wrong-text" role="alert">{problem}</div>}
    </section>
  )
}
