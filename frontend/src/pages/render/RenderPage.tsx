/** Render: watch a film grow, play it, download it, make it again. */
import { useMemo, useState } from 'react'
import { pinsOf, useComments } from '../../comments/use_comments'
import { framesPerSecond } from '../../lib/format'
import { address, mayEdit, pageData, projectId } from '../../lib/page'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { FaultNote } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { isGoing } from '../../parts/Film'
import { Menu } from '../../parts/Menu'
import { toast, toastFault } from '../../parts/toasts'
import { ShareButton } from '../../sharing/ShareButton'
import { isNothing, NothingHere, Shell } from '../../shell/Shell'
import { post } from '../../wire/api'
import { queries, refresh, showThing, useAsk } from '../../wire/query'
import type { Render, Track } from '../../wire/types'
import { FilmPlayer } from './FilmPlayer'
import { MakingOf } from './MakingOf'
import { RecipePanel } from './RecipePanel'
import { RenderAside } from './RenderAside'

/** The peaks of the seconds that the film shows, out of the whole track's. */
export function peaksOf(track: Track | undefined, render: Render): number[] | null {
  if (!track?.overview || !track.duration_seconds) return null
  const fps = framesPerSecond(render.fps)
  const [from, to] = [render.first_frame / fps / track.duration_seconds, render.end_frame / fps / track.duration_seconds]
  const { length } = track.overview
  return track.overview.slice(Math.floor(from * length), Math.max(Math.ceil(to * length), Math.floor(from * length) + 1))
}

export function RenderPage() {
  const id = pageData().ids.render ?? ''
  const render = useAsk(queries.render(id))
  if (isNothing(render.error)) return <NothingHere place="renders" />
  if (!render.data) {
    return (
      <Shell place="renders" thing={{ name: 'Render' }}>
        <div className="middle">{render.error && <FaultNote fault={render.error} what="The render could not be loaded." again={() => void render.refetch()} />}</div>
      </Shell>
    )
  }
  return <OneRender render={render.data} />
}

function OneRender({ render }: { render: Render }) {
  const project = projectId()
  const renders = useAsk(queries.renders(project))
  const scenes = useAsk(queries.scenes(project))
  const tracks = useAsk(queries.tracks(project))
  const [wish, setWish] = useState<{ seconds: number; number: number } | null>(null)
  const [seconds, setSeconds] = useState(0)
  const [isRenaming, setRenaming] = useState(false)
  const comments = useComments({ noun: 'renders', id: render.id })
  const pins = useMemo(() => pinsOf(comments.threads), [comments.threads])
  const go = (to: number): void => setWish((now) => ({ seconds: to, number: (now?.number ?? 0) + 1 }))
  const trackId = scenes.data?.items.find((one) => one.id === render.scene_id)?.track_id
  const track = tracks.data?.items.find((one) => one.id === trackId) ?? tracks.data?.items.find((one) => one.name === render.track_name)
  const { first_frame: first, end_frame: end, fps } = render
  // eslint-disable-next-line react-hooks/exhaustive-deps -- progress changes the render, not the part of the track it shows
  const peaks = useMemo(() => peaksOf(track, render), [track, first, end, fps])
  const siblings = (renders.data?.items ?? []).filter((one) => one.scene_id !== null && one.scene_id === render.scene_id)
  const act = useRenderActs(render)
  const actions = (
    <>
      {mayEdit() && <ShareButton noun="renders" thing={render} reason={render.film_url ? null : 'It can be shared when it is finished.'} />}
      {isGoing(render) || render.state === 'done'
        ? <Button kind={render.film_url ? 'primary' : 'plain'} small className="not-phone" icon="download" href={render.film_url ? `${render.film_url}?download=1` : undefined} download reason={render.film_url ? null : 'The film can be downloaded when it is finished.'}>Download</Button>
        : null}
      <Menu align="end" button={<IconButton small icon="more" label="More about this render" />} items={[
        ...(render.scene_id ? [{ id: 'scene', label: 'Open scene', icon: 'scene' as const, href: address.scene(render.scene_id) }] : []),
        { id: 'recipe', label: 'Download the recipe', icon: 'download', href: `${render.recipe_url}?download=1` },
        ...(mayEdit() ? [
          { id: 'again', label: 'Render again from this recipe', icon: 'again' as const, act: act.again },
          { id: 'rename', label: 'Rename…', icon: 'edit' as const, act: () => setRenaming(true) },
          { id: 'bin', label: 'Put in the bin', icon: 'bin' as const, danger: true, reason: isGoing(render) ? 'Cancel it first' : null, act: () => putInBin('render', render, () => window.location.assign(address.place('renders'))) },
        ] : []),
      ]} />
    </>
  )
  return (
    <Shell place="renders" thing={{ name: render.name, siblings: (renders.data?.items ?? []).slice(0, 20).map((one) => ({ id: one.id, name: one.name, href: address.render(one.id), isHere: one.id === render.id })) }} actions={actions}>
      <div className="with-aside renderpage">
        <div className="rendermain">
          <FilmPlayer render={render} peaks={peaks} wish={wish} pins={pins} onPlace={setSeconds} />
          <MakingOf render={render} onCancel={act.cancel} onRetry={act.retry} onPicture={go} />
        </div>
        <RenderAside comments={comments} seconds={seconds} onGo={go}>
          <RecipePanel render={render} siblings={siblings} onAgain={act.again} />
        </RenderAside>
      </div>
      <RenameDialog noun="render" thing={isRenaming ? render : null} onClose={() => setRenaming(false)} />
    </Shell>
  )
}

function useRenderActs(render: Render): Record<'cancel' | 'retry' | 'again', () => void> {
  const ask = (verb: 'cancel' | 'retry', shown: Partial<Render>) => (): void => {
    showThing<Render>('render', { ...render, ...shown })
    post<Render>(`/renders/${render.id}/${verb}`)
      .then((now) => showThing<Render>('render', now))
      .catch((fault: unknown) => {
        showThing<Render>('render', render)
        toastFault(fault)
      })
      .finally(() => void refresh('renders'))
  }
  return {
    cancel: ask('cancel', { state: 'cancelled', message: 'Stopping.' }),
    retry: ask('retry', { state: 'queued', error: '', message: '' }),
    again: () => {
      toast('The film is queued once more from the same recipe.')
      post<Render>(`/renders/${render.id}/again`).then((made) => window.location.assign(address.render(made.id))).catch((fault: unknown) => toastFault(fault))
    },
  }
}
