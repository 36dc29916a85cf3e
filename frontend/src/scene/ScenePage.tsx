/** The scene editor: the picture, its parameters, and the track they move with, all in one time. */
import { Suspense, useEffect, useMemo, useState } from 'react'
import { useCommands } from '../lib/keys'
import { address, mayEdit, pageData, projectId } from '../lib/page'
import { createStore, useStore } from '../lib/store'
import { undoRegistry } from '../lib/undo'
import { FaultNote, Skeleton } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { fetched } from '../parts/fetched'
import { toast, toastFault } from '../parts/toasts'
import type { PreviewSession } from '../preview/session'
import { useProjectEvents, useServices } from '../shell/live'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { useDesk, type Desk } from '../track/desk'
import { transportCommands } from '../track/moves'
import { DrawerButton } from '../track/DrawerButton'
import { OthersHere, useTogether } from '../track/OthersHere'
import { TimelineBox } from '../track/TimelineBox'
import { PhoneTransport } from '../track/PhoneDesk'
import { Transport } from '../track/Transport'
import { useIsPhone } from '../track/use_phone'
import { patch, post } from '../wire/api'
import { queries, useAsk } from '../wire/query'
import { saving } from '../wire/saving'
import type { Scene, Track } from '../wire/types'
import { createDraft, type Draft } from './draft'
import { Inspector } from './Inspector'
import { RoutedTimeline } from './routes/RoutedTimeline'
import { RouteProvider } from './routes/RouteProvider'
import { StageBox } from './StageBox'
import { heightFor, usePreview } from './use_preview'

const RenderDialog = fetched(async () => (await import('./RenderDialog')).RenderDialog)

export function ScenePage() {
  const id = pageData().ids.scene ?? ''
  const scene = useAsk(queries.scene(id))
  if (scene.error && isNothing(scene.error)) return <NothingHere place="scenes" />
  if (scene.data) return <Editor first={scene.data} />
  return (
    <Shell place="scenes">
      <div className="middle">
        {scene.error ? <FaultNote what="This scene could not be shown." fault={scene.error} again={() => void scene.refetch()} /> : <Skeleton rows={8} height={44} />}
      </div>
    </Shell>
  )
}

/** The draft and the line to the preview, made once for this page. */
function useDraft(first: Scene): { draft: Draft; session: ReturnType<typeof createStore<PreviewSession | null>> } {
  return useMemo(() => {
    const session = createStore<PreviewSession | null>(null)
    const draft = createDraft({
      scene: first, saving, undo: undoRegistry,
      api: {
        patch: (values) => patch<Scene>(`/scenes/${first.id}`, values),
        step: (direction) => post<Scene>(`/scenes/${first.id}/${direction}`),
      },
      preview: (values) => session.get()?.move(values),
      previewDriven: ({ routes = {}, actions = {} }) => session.get()?.say({ type: 'routes', routes, actions }),
      tell: (sentence, isFault) => void (isFault ? toastFault(new Error(sentence)) : toast(sentence)),
    })
    return { draft, session }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- later versions of the scene reach the draft by `take`
  }, [first.id])
}

function Editor({ first }: { first: Scene }) {
  const { draft, session } = useDraft(first)
  useEffect(() => draft.take(first), [draft, first])
  const scene = useStore(draft.scene)
  const scenes = useAsk(queries.scenes(projectId()))
  const track = useAsk(queries.track(scene.track_id))
  const desk = useDesk(scene.track_id, scene.id)
  const siblings = (scenes.data?.items ?? []).map((one) => ({ id: one.id, name: one.name, href: address.scene(one.id), isHere: one.id === scene.id }))
  const [isRendering, setRendering] = useState(false)
  const services = useServices()
  const isPhone = useIsPhone()
  const speed = useSpeed(session.get(), scene)
  return (
    <Shell place="scenes" thing={{ name: scene.name, siblings }} actions={mayEdit() && !isPhone ? <Actions draft={draft} onRender={() => setRendering(true)} /> : null}>
      {desk && track.data ? <Body draft={draft} desk={desk} track={track.data} session={session} /> : <div className="middle"><Skeleton rows={6} height={44} /></div>}
      {isRendering && desk && (
        <Suspense fallback={null}>
          <RenderDialog scene={scene} durationSeconds={track.data?.duration_seconds ?? 0} selection={desk.player.loopSelection}
            speed={speed} serviceAttached={services?.state === 'attached'} onClose={() => setRendering(false)} />
        </Suspense>
      )}
    </Shell>
  )
}

function useSpeed(session: PreviewSession | null, scene: Scene): { framesPerSecond: number; pixels: number } | null {
  const drawn = session?.status.get().notice?.fps_drawn
  const canvas = document.querySelector<HTMLCanvasElement>('[data-preview] canvas')
  return drawn && canvas ? { framesPerSecond: drawn, pixels: canvas.width * heightFor(canvas.width, scene) } : null
}

function Actions({ draft, onRender }: { draft: Draft; onRender: () => void }) {
  const scene = useStore(draft.scene)
  const undo = useStore(undoRegistry.state)
  const mayUndo = undo.undoTitle !== null || scene.can_undo
  const mayRedo = undo.redoTitle !== null || scene.can_redo
  useCommands([
    { id: 'scene.undo', title: 'Undo', group: 'Everywhere', key: 'Mod+z', run: draft.undo, isOff: () => !mayUndo },
    { id: 'scene.redo', title: 'Redo', group: 'Everywhere', key: 'Mod+Shift+z | Mod+y', run: draft.redo, isOff: () => !mayRedo },
  ])
  return (
    <>
      <IconButton small icon="undo" label={undo.undoTitle ? `Undo: ${undo.undoTitle}` : 'Undo'} reason={mayUndo ? null : 'Nothing to undo yet'} onClick={draft.undo} />
      <IconButton small icon="redo" label={undo.redoTitle ? `Do again: ${undo.redoTitle}` : 'Redo'} reason={mayRedo ? null : 'Nothing to do again'} onClick={draft.redo} />
      <Button kind="primary" small icon="film" onClick={onRender}>Render film</Button>
    </>
  )
}

interface BodyProps {
  draft: Draft
  desk: Desk
  track: Track
  session: ReturnType<typeof useDraft>['session']
}

function Body({ draft, desk, track, session }: BodyProps) {
  const scene = useStore(draft.scene)
  const isPhone = useIsPhone()
  const visualizers = useAsk(queries.visualizers())
  const tracks = useAsk(queries.tracks(projectId()))
  const visualizer = visualizers.data?.items.find((one) => one.name === scene.visualizer)
  const preview = usePreview({ draft, desk, isPhone, session })
  const [isInspecting, setInspecting] = useState(false)
  const together = useTogether(desk, track.id)
  useEffect(() => desk.take(track), [desk, track])
  useCommands(transportCommands(desk, mayEdit()))
  useProjectEvents(desk.takeEvent)
  if (isPhone) {
    return (
      <div className="phone-desk">
        <StageBox draft={draft} preview={preview} visualizer={visualizer} isSmall />
        <TimelineBox desk={desk} track={track} layout="phone" together={together} />
        <PhoneTransport desk={desk} />
        <p className="xs faint phone-note">Parameters are changed on a larger screen.</p>
      </div>
    )
  }
  return (
    <RouteProvider draft={draft} desk={desk} visualizer={visualizer}>
      <div className={isInspecting ? 'editor inspecting' : 'editor'}>
        <div className="desk-main">
          <StageBox draft={draft} preview={preview} visualizer={visualizer} desk={desk} others={together && <OthersHere together={together} />} />
          <RoutedTimeline desk={desk} track={track} together={together} />
          <Transport desk={desk} hasFollow={false} />
        </div>
        <DrawerButton label="Parameters" isOpen={isInspecting} onChange={setInspecting} />
        <Inspector draft={draft} desk={desk} visualizers={visualizers.data} visualizer={visualizer} tracks={tracks.data?.items ?? []} />
      </div>
    </RouteProvider>
  )
}

