/** Projects: what this person works on, and the way to a new one. */
import { useEffect, useRef, useState } from 'react'
import { when } from '../../lib/format'
import { address } from '../../lib/page'
import { FormDialog } from '../../parts/Dialog'
import { Empty, FaultNote, Skeleton, Tag, TextField } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { Menu } from '../../parts/Menu'
import { Table, type Column } from '../../parts/Table'
import { toastFault, toastUndo } from '../../parts/toasts'
import { Shell } from '../../shell/Shell'
import { ApiError, patch, post, remove, sentenceOf } from '../../wire/api'
import { hideThing, queries, refresh, useAsk } from '../../wire/query'
import type { Project } from '../../wire/types'

/** Under this name a page that was left because its project went to the bin leaves word. */
export const BINNED = 'phosphene.binned-project'

const roles = { owner: 'Owner', editor: 'Editor', viewer: 'Viewer' }

export function ProjectsPage() {
  const projects = useAsk(queries.projects())
  const [dialog, setDialog] = useState<'none' | 'new' | Project>('none')
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (window.location.hash === '#new') setDialog('new')
    const binned = window.sessionStorage.getItem(BINNED)
    window.sessionStorage.removeItem(BINNED)
    if (binned) offerUndo(JSON.parse(binned) as Project)
  }, [])
  const items = projects.data?.items
  const columns: Column<Project>[] = [
    { id: 'name', title: 'Name', by: (one) => one.name, className: 'name', cell: (one) => <span className="row"><a className="plain strong clip" href={address.home(one.id)}>{one.name}</a>{one.is_demo && <Tag>Demo</Tag>}</span> },
    { id: 'role', title: 'You are', className: 'not-phone', by: (one) => one.role, cell: (one) => <span className="soft">{roles[one.role]}</span> },
    { id: 'tracks', title: 'Tracks', isNumber: true, by: (one) => one.tracks, cell: (one) => one.tracks },
    { id: 'scenes', title: 'Scenes', isNumber: true, className: 'not-phone', by: (one) => one.scenes, cell: (one) => one.scenes },
    { id: 'renders', title: 'Renders', isNumber: true, className: 'not-phone', by: (one) => one.renders, cell: (one) => one.renders },
    { id: 'changed', title: 'Changed', by: (one) => one.updated_at, cell: (one) => <span className="soft">{when(one.updated_at)}</span> },
    { id: 'menu', title: '', name: 'More', width: 44, className: 'tight', cell: (one) => one.role === 'owner' && (
      <Menu align="end" button={<IconButton small icon="more" label={`More about ${one.name}`} />} items={[
        { id: 'rename', label: 'Rename…', icon: 'edit', act: () => setDialog(one) },
        { id: 'people', label: 'People', icon: 'people', href: `${address.place('settings', one.id)}#people` },
        { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putProjectInBin(one) },
      ]} />
    ) },
  ]
  return (
    <Shell place="projects">
      <div className="middle narrow" ref={scroller}>
        <header className="pagehead">
          <div className="grow"><h1>Projects</h1><div className="lead">Each holds its own tracks, networks, scenes and films, shared with its members.</div></div>
          {items && items.length > 0 && <Button kind="primary" icon="plus" onClick={() => setDialog('new')}>New project</Button>}
        </header>
        {projects.error && <FaultNote fault={projects.error} what="The projects could not be loaded." again={() => void projects.refetch()} />}
        {projects.isPending && <Skeleton rows={4} height={44} />}
        {items?.length === 0 && (
          <Empty title="No project yet" action={<Button kind="primary" onClick={() => setDialog('new')}>New project</Button>}>
            A project keeps the tracks, networks, scenes and films of one undertaking together, and the people who work on it.
          </Empty>
        )}
        {items && items.length > 0 && <Table name="Projects" rows={items} columns={columns} idOf={(one) => one.id} hrefOf={(one) => address.home(one.id)} scroller={scroller} />}
      </div>
      {dialog !== 'none' && <NameDialog project={dialog === 'new' ? null : dialog} onClose={() => setDialog('none')} />}
    </Shell>
  )
}

/** At once, for every member; Undo brings it back with everything in it. */
export function putProjectInBin(project: Pick<Project, 'id' | 'name'>, then?: () => void): void {
  const show = hideThing('project', project.id)
  remove(`/projects/${project.id}`)
    .then(() => {
      if (then) then()
      else offerUndo(project)
    })
    .catch((fault: unknown) => {
      show()
      toastFault(fault, `“${project.name}” was not put in the bin.`)
    })
}

function offerUndo(project: Pick<Project, 'id' | 'name'>): void {
  toastUndo(`“${project.name}” is in the bin.`, () => {
    post(`/projects/${project.id}/restore`).then(() => refresh('projects')).catch((fault: unknown) => toastFault(fault))
  })
}

function NameDialog({ project, onClose }: { project: Project | null; onClose: () => void }) {
  const [name, setName] = useState(project?.name ?? '')
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      if (project) {
        await patch(`/projects/${project.id}`, { name: name.trim() })
        await refresh('projects')
        onClose()
      } else {
        const made = await post<Project>('/projects', { name: name.trim() })
        window.location.assign(address.home(made.id))
      }
    } catch (fault) {
      setWrong(sentenceOf(fault))
      setBusy(false)
      if (!(fault instanceof ApiError)) throw fault
    }
  }
  return (
    <FormDialog title={project ? `Rename “${project.name}”` : 'New project'} act={project ? 'Rename' : 'Make it'} isOpen isBusy={isBusy} reason={name.trim() ? null : 'Write a name.'} onSend={() => void send()} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} autoFocus maxLength={100} placeholder="Low Tide" />
    </FormDialog>
  )
}
