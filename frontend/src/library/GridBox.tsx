/** Where the grid is mounted, with the rail beside it and what stands there when it is empty. */
import { useEffect, useMemo, useRef, type RefObject } from 'react'
import { mayEdit } from '../lib/page'
import { createStore, useStore } from '../lib/store'
import { useWidget } from '../lib/widget'
import { FaultNote } from '../parts/basics'
import { selectAll } from './choose'
import type { Desk } from './desk'
import { createGrid, type Grid } from './grid'
import { NothingMatches } from './NothingMatches'
import { sectionFacts, sectionTitle } from './session_words'
import { TimeRail } from './TimeRail'
import { tileSide } from './use_library'
import type { Session } from './wire'
import { dayOf } from './words'

interface GridBoxProps {
  desk: Desk
  grid: RefObject<Grid | null>
  sessions: readonly Session[]
  names: (id: string) => string
}

export function GridBox({ desk, grid, sessions, names }: GridBoxProps) {
  const top = useMemo(() => createStore(0), [])
  const source = useStore(desk.source)
  const fault = useStore(desk.fault)
  const known = useRef(new Map<string, Session>())
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    grid.current = createGrid(scope, parent, {
      desk, side: tileSide, mayEdit: mayEdit(),
      headingOf: (section) => {
        const all = section.session_ids.map((id) => known.current.get(id))
        const session = all[0]
        const title = all.length > 1 ? sectionTitle(all) : session?.name || (section.first_at ? dayOf(section.first_at) : 'Portraits')
        const inAll = all.some((one) => !one) ? undefined : all.reduce((sum, one) => sum + one!.count, 0)
        return { title, facts: sectionFacts(section, inAll, all.length > 1 || Boolean(session?.name)), warning: all.find((one) => one?.warning)?.warning ?? '' }
      },
      onOpen: (rank) => desk.open('loupe', rank),
      onSelectSession: (section) => selectAll(desk, section),
      onTop: (rank) => top.set(rank),
    })
    grid.current.focus()
    scope.add(() => (grid.current = null))
  }, [desk])
  useEffect(() => {
    known.current = new Map(sessions.map((one) => [one.id, one]))
    grid.current?.refresh()
  }, [sessions, grid])
  const isEmpty = source?.index.count === 0
  return (
    <div className="gridarea">
      <div className={isEmpty ? 'grid-box nothing' : 'grid-box'} ref={box} data-region="grid" />
      <TimeRail desk={desk} top={top} onJump={(rank) => grid.current?.scrollTo(rank)} />
      {fault !== null && <div className="grid-over"><FaultNote fault={fault} what="The portraits could not be shown." again={() => void desk.renew()} /></div>}
      {isEmpty && fault === null && <div className="grid-over"><NothingMatches desk={desk} names={names} /></div>}
    </div>
  )
}
