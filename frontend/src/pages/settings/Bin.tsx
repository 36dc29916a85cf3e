/** Bin: what was put away in this project, and the way back. */
import { projectId } from '../../lib/page'
import { FaultNote, Skeleton } from '../../parts/basics'
import type { Noun } from '../../parts/Bin'
import { Button } from '../../parts/Button'
import { Icon, type IconName } from '../../parts/Icon'
import { toast, toastFault } from '../../parts/toasts'
import { get, post } from '../../wire/api'
import { refresh, useAsk } from '../../wire/query'
import type { Items } from '../../wire/types'

const kinds: { noun: Noun; title: string; icon: IconName }[] = [
  { noun: 'track', title: 'Tracks', icon: 'track' },
  { noun: 'scene', title: 'Scenes', icon: 'scene' },
  { noun: 'render', title: 'Renders', icon: 'film' },
  { noun: 'network', title: 'Networks', icon: 'network' },
]

interface Binned {
  id: string
  name: string
}

export function Bin() {
  const binned = useAsk({ queryKey: ['bin', projectId()], queryFn: ({ signal }) => Promise.all(kinds.map(({ noun }) => get<Items<Binned>>(`/projects/${projectId()}/${noun}s?binned=true`, signal))) })
  const isEmpty = binned.data?.every((one) => one.items.length === 0)
  const bringBack = (noun: Noun, thing: Binned): void => void post(`/${noun}s/${thing.id}/restore`)
    .then(() => {
      toast(`“${thing.name}” is back.`)
      return Promise.all([refresh('bin'), refresh(`${noun}s`)])
    })
    .catch((fault: unknown) => toastFault(fault))
  return (
    <>
      <h2>Bin</h2>
      {binned.error && <FaultNote fault={binned.error} what="The bin could not be loaded." again={() => void binned.refetch()} />}
      {binned.isPending && <Skeleton rows={3} height={44} />}
      {isEmpty && <p className="soft">The bin is empty. What is put there stays until it is brought back.</p>}
      {kinds.map(({ noun, title, icon }, at) => {
        const items = binned.data?.[at]?.items ?? []
        return items.length > 0 && (
          <section key={noun} aria-label={title}>
            <h3>{title}</h3>
            <div className="card">
              {items.map((one) => (
                <div className="row memberrow" key={one.id}>
                  <span className="faint"><Icon name={icon} /></span>
                  <span className="grow clip">{one.name}</span>
                  <Button small kind="quiet" icon="undo" onClick={() => bringBack(noun, one)}>Bring back</Button>
                </div>
              ))}
            </div>
          </section>
        )
      })}
    </>
  )
}
