/** Projection: target beside result as they are found, how near they come, and what can be done with them. */
import { useState } from 'react'
import { address, mayEdit, pageData, projectId } from '../lib/page'
import { FaultNote, Skeleton } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Menu } from '../parts/Menu'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { useAsk } from '../wire/query'
import { binProjection } from './deeds'
import { FoundCurves } from './FoundCurves'
import { Panel } from './Panel'
import { projectionQueries } from './queries'
import { RenameProjection } from './RenameProjection'
import { Standing } from './Standing'
import { StripBox } from './StripBox'
import { useFound, usePlace, useProgress } from './use_projection'
import type { Projection } from './wire'

export function ProjectionPage() {
  const id = pageData().ids.projection ?? ''
  const one = useAsk(projectionQueries.one(id))
  if (isNothing(one.error)) return <NothingHere place="projections" />
  if (one.data) return <OneProjection one={one.data} />
  return (
    <Shell place="projections" thing={{ name: 'Projection' }}>
      <div className="middle">{one.error ? <FaultNote fault={one.error} what="The projection could not be loaded." again={() => void one.refetch()} /> : <Skeleton rows={6} height={40} />}</div>
    </Shell>
  )
}

function OneProjection({ one }: { one: Projection }) {
  const list = useAsk(projectionQueries.list(projectId()))
  const { batches, curves } = useFound(one.id)
  const [at, go] = usePlace(batches)
  const [isRenaming, setRenaming] = useState(false)
  useProgress(projectId())
  const siblings = list.data?.items.slice(0, 20).map((other) => ({ id: other.id, name: other.name, href: address.projection(other.id), isHere: other.id === one.id }))
  const actions = (
    <>
      {one.file_url && <Button small kind={one.is_complete ? 'plain' : 'line'} className="not-phone" icon="download" href={one.file_url} download>HDF5</Button>}
      {mayEdit() && (
        <Menu align="end" button={<IconButton small icon="more" label="More about this projection" />} items={[
          { id: 'new', label: 'Project another…', icon: 'plus', href: address.newProjection(one.snapshot_id ? `?snapshot=${one.snapshot_id}` : '') },
          { id: 'rename', label: 'Rename…', icon: 'edit', act: () => setRenaming(true) },
          { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => binProjection(one, () => window.location.assign(address.place('projections'))) },
        ]} />
      )}
    </>
  )
  return (
    <Shell place="projections" thing={{ name: one.name, siblings }} actions={actions}>
      <div className="with-aside renderpage runpage">
        <div className="runmain">
          <StripBox one={one} batches={batches} at={at} onGo={go} />
          <Standing one={one} />
          <FoundCurves one={one} curves={curves} batches={batches} at={at} onGo={go} />
        </div>
        <Panel one={one} />
      </div>
      {isRenaming && <RenameProjection one={one} onClose={() => setRenaming(false)} />}
    </Shell>
  )
}
