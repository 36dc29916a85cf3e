/** The left column: everything, sessions, saved views, versions, the bin. */
import { count, plural } from '../lib/format'
import { address, mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { toastFault } from '../parts/toasts'
import { refresh, useAsk } from '../wire/query'
import type { Desk } from './desk'
import { areEqual, filterFrom, tidy, withOnly, without, type Filter } from './filter'
import { libraryQueries } from './queries'
import { sessionSource, sessionTitle } from './session_words'
import { versionTitle } from './versions'
import type { Dataset, SavedView, Session } from './wire'

interface ColumnProps {
  desk: Desk
  dataset: Dataset
  siblings: readonly Dataset[]
  onAdd: () => void
  /** When a portrait of a session last arrived, by its id. */
  arrivals: ReadonlyMap<string, number>
  /** On a phone the column lies over the grid; whatever is chosen in it closes it. */
  onChosen: () => void
}

const since = new Intl.DateTimeFormat('en-GB', { month: 'long' })

/** The filter without what this column chooses. */
function plain(filter: Filter): Filter {
  return without(filter, 'sessions', 'binned')
}

export function SessionsColumn({ desk, dataset, siblings, onAdd, arrivals, onChosen }: ColumnProps) {
  const { filter, version } = useStore(desk.place)
  const sessions = useAsk(libraryQueries.sessions(desk.dataset))
  const views = useAsk(libraryQueries.views(desk.dataset))
  const viewCounts = useAsk({ ...libraryQueries.viewCounts(desk.dataset), enabled: (views.data?.items.length ?? 0) > 0 })
  const versions = useAsk(libraryQueries.versions(desk.dataset))
  const items = [...(sessions.data?.items ?? [])].reverse()
  const first = items.at(-1)
  const isEverything = !filter.sessions && !filter.binned
  const one = (session: Session): void => desk.show({ ...plain(filter), sessions: [session.id] })
  return (
    <aside className="panel left sessions" data-region="sessions" aria-label="Sessions, views and versions" onClick={(event) => (event.target as Element).closest('.sessionrow, .viewrow .plainbutton, .viewrow:not(div)') && onChosen()}>
      <div className="head datasethead">
        <Menu
          button={<button type="button" className="select plainselect grow"><span className="bold clip">{dataset.name}</span><Icon name="down" size="small" /></button>}
          items={siblings.map((other) => ({ id: other.id, label: other.name, href: address.dataset(other.id), on: other.id === dataset.id }))}
        />
        {mayEdit() && <IconButton small icon="upload" label="Add photos" onClick={onAdd} />}
      </div>
      <div className="head"><h3>Sessions</h3></div>
      <div className="scrolling sessionlist">
        <button type="button" className={isEverything ? 'sessionrow on' : 'sessionrow'} aria-current={isEverything} onClick={() => desk.show(plain(filter))}>
          <span className="grow"><span className="clip strong block">Everything</span><span className="xxs faint num clip block">{plural(items.length, 'session')}{first ? ` since ${since.format(new Date(first.started_at))}` : ''}</span></span>
          <span className="num xs soft">{count(dataset.counts.all)}</span>
        </button>
        {items.map((session) => {
          const isOn = filter.sessions?.length === 1 && filter.sessions[0] === session.id && !filter.binned
          return (
            <button key={session.id} type="button" className={isOn ? 'sessionrow on' : 'sessionrow'} aria-current={isOn} onClick={() => one(session)}>
              <span className="grow"><span className="clip block">{sessionTitle(session)}</span><span className="xxs faint num clip block">{sessionSource(session, arrivals.get(session.id) ?? null, Date.now())}</span></span>
              {session.warning && <span className="warn" title={session.warning}><Icon name="warning" size="small" /><span className="unseen">{session.warning}</span></span>}
              <span className="num xs soft">{count(session.count)}</span>
            </button>
          )
        })}
      </div>
      <div className="head lined"><h3>Saved views</h3></div>
      <div className="viewlist">
        {views.data?.items.map((view) => <ViewRow key={view.id} desk={desk} view={view} filter={filter} matching={viewCounts.data?.counts[view.id]} />)}
        <button type="button" className={filter.binned ? 'viewrow on' : 'viewrow'} aria-current={filter.binned === true} onClick={() => desk.show({ binned: true, descending: true })}>
          <span className="grow clip">Bin</span><span className="num xs faint">{count(dataset.counts.binned)}</span>
        </button>
      </div>
      <div className="head lined"><h3>Versions</h3></div>
      <div className="viewlist">
        {versions.data?.items.length === 0 && <div className="viewrow faint xs">None frozen yet</div>}
        {versions.data?.items.map((one) => (
          <button key={one.id} type="button" className={version === one.id ? 'viewrow on' : 'viewrow'} onClick={() => desk.openVersion(one.id)}>
            <span className="faint"><Icon name="lock" size="small" /></span>
            <span className="grow clip">{versionTitle(one)}</span>
            <span className="num xs faint">{one.is_frozen ? count(one.count) : 'freezing'}</span>
          </button>
        ))}
      </div>
    </aside>
  )
}

function ViewRow({ desk, view, filter, matching }: { desk: Desk; view: SavedView; filter: Filter; matching: number | undefined }) {
  const saved = filterFrom(view.query)
  const isOn = areEqual(without(saved, 'sort', 'descending', 'verdict'), without(filter, 'sort', 'descending', 'verdict')) && !filter.binned
  const drop = (): void => void desk.wire.removeView(view.id).then(() => Promise.all([refresh('views'), refresh('view-counts')])).catch((fault: unknown) => toastFault(fault))
  return (
    <div className={isOn ? 'viewrow on' : 'viewrow'}>
      <button type="button" className="grow clip plainbutton" aria-current={isOn} onClick={() => desk.show(saved.verdict || saved.sort ? tidy(saved) : withOnly(filter, saved))}>{view.name}</button>
      {matching !== undefined && <span className="num xs faint">{count(matching)}</span>}
      {mayEdit() && <Menu align="end" button={<button type="button" className="mini viewmore" aria-label={`More about ${view.name}`}><Icon name="more" /></button>} items={[{ id: 'drop', label: 'Remove this view', icon: 'close', act: drop }]} />}
    </div>
  )
}
