/** Desk: what hears and shows one track on a page: player, time axis, sound, cues, and the choices of its transport. */
import { useEffect, useState } from 'react'
import { pageData, projectId } from '../lib/page'
import { createScope, type Scope } from '../lib/scope'
import { createStore, type Store } from '../lib/store'
import { undoRegistry } from '../lib/undo'
import { toast, toastFault, UNDONE } from '../parts/toasts'
import { get, post } from '../wire/api'
import { queries, queryClient } from '../wire/query'
import { saving } from '../wire/saving'
import type { Cue, EditAnswer, Items, StudioEvent, Track, TrackEdit } from '../wire/types'
import { element } from '../lib/element'
import { readLaneSettings } from '../widgets/lane_settings'
import { createMetronome, type Metronome } from '../widgets/metronome'
import { Player } from '../widgets/player'
import { createStemMix, type StemMix } from '../widgets/stem_mix'
import { TimeView } from '../widgets/time_view'
import { createTrackSound, type TrackSound } from '../widgets/track_sound'
import { createCueStore, type CueStore } from './cue_store'
import { createCueTools, type CueTools } from './cues/cue_tools'
import { createCrossing } from './cues/crossing'
import { createDeskGrid, type DeskGrid } from './desk_grid'
import { createGridTools, type GridTools } from './grid/grid_tools'
import { createEdits, type EditApi, type Edits } from './edits'

export interface Desk {
  readonly trackId: string
  readonly player: Player
  readonly view: TimeView
  readonly sound: TrackSound
  readonly edits: Edits
  readonly cues: CueStore
  readonly grid: DeskGrid
  /** Taps, proposals, and how far a change of the grid reaches. */
  readonly gridTools: GridTools
  readonly metronome: Metronome
  /** Parts of the track heard in its place. */
  readonly stems: StemMix
  readonly cueTools: CueTools
  /** The page turns with the playhead. */
  readonly follow: Store<boolean>
  /** Seconds that the cue lane is asked to name. */
  readonly renaming: Store<string | null>
  take(track: Track): void
  /** An event of the project: what it says of this track is shown. */
  takeEvent(event: StudioEvent): void
}

export function editApi(trackId: string): EditApi {
  return {
    cues: async () => (await get<Items<Cue>>(`/tracks/${trackId}/cues`)).items,
    edit: (order) => post<EditAnswer>(`/tracks/${trackId}/edits`, order),
    step: (key, direction) => post<EditAnswer>(`/tracks/${trackId}/edits/${key}/${direction}`),
    mine: async () => (await get<Items<TrackEdit>>(`/tracks/${trackId}/edits?mine=true&limit=100`)).items,
  }
}

function tell(sentence: string, isFault: boolean, isOfStep = false): void {
  if (isFault) toastFault(new Error(sentence))
  else toast(sentence, isOfStep ? { group: { name: UNDONE, many: () => sentence } } : {})
}

/** Says who changed what this person had changed; the name is asked for first. */
function tellOfOther(actor: string | null, sentence: (name: string) => string): void {
  const asked = queries.members(projectId())
  queryClient.ensureQueryData(asked)
    .then(({ items }) => items.find(({ user }) => user.id === actor)?.user.name)
    .catch(() => undefined)
    .then((name) => toast(sentence(name ?? 'Somebody')))
    .catch(() => undefined)
}

/** `placeKey` is what the place in the track is remembered by in this browser: a reload goes on where one was. */
export function createDesk(scope: Scope, trackId: string, placeKey: string): Desk {
  // Kept out of the page's sight; in it, so that the browser counts the page as one that plays.
  const audio = element('audio', { preload: 'metadata', 'data-player': true, hidden: true }, document.body)
  scope.add(() => {
    audio.removeAttribute('src')
    audio.load()
    audio.remove()
  })
  const player = new Player(scope, audio, 0)
  const view = new TimeView(0)
  const sound = createTrackSound(scope)
  const follow = createStore(true)
  const edits = createEdits({
    trackId, api: editApi(trackId), saving, undo: undoRegistry, tell, tellOfOther, me: pageData().me?.id,
    onGrid: (grid) => (grid ? sound.putGrid(grid) : sound.refreshGrid()),
  })
  const cues = createCueStore(edits)
  const grid = createDeskGrid(scope, { trackId, sound, edits, durationSeconds: () => view.durationSeconds })
  const metronome = createMetronome(scope, player, () => sound.beats.get())
  scope.add(player.events.on('error', (sentence) => tell(sentence, true)))
  scope.add(player.events.on('tick', (seconds) => {
    if (follow.get() && player.isPlaying) view.follow(seconds)
  }))
  rememberPlace(scope, player, placeKey)
  readLaneSettings()
  edits.load().catch((fault: unknown) => toastFault(fault, 'The cues could not be fetched.'))
  return {
    trackId,
    player,
    view,
    sound,
    edits,
    cues,
    grid,
    gridTools: createGridTools(scope, player),
    metronome,
    stems: createStemMix(scope, player),
    follow,
    cueTools: createCueTools(scope, { player, sound, crossing: createCrossing(sound) }),
    renaming: createStore<string | null>(null),
    take(track) {
      const proxy = track.files.proxy
      if (proxy && audio.getAttribute('src') !== proxy) audio.src = proxy
      const seconds = track.duration_seconds ?? 0
      if (seconds !== view.durationSeconds) showDuration(view, player, seconds, firstPlace(placeKey))
      sound.take(track)
    },
    takeEvent(event) {
      if (event.subject !== `track:${trackId}`) return
      edits.take(event)
      if (event.kind.startsWith('grid.')) sound.refreshGrid()
    },
  }
}

const FIRST_PX_PER_SECOND = 38
const REMEMBER_EVERY_MS = 3000

/** The address may name a second (`?t=61.3`); else where one was last. */
function firstPlace(placeKey: string): number {
  const named = new URLSearchParams(location.search).get('t')
  return Number(named ?? localStorage.getItem(placeKey)) || 0
}

function rememberPlace(scope: Scope, player: Player, placeKey: string): void {
  let last = -1
  const remember = (): void => {
    // Before the length is known nobody has been anywhere.
    if (player.durationSeconds === 0 || player.seconds === last) return
    last = player.seconds
    localStorage.setItem(placeKey, last.toFixed(2))
  }
  scope.every(REMEMBER_EVERY_MS, remember)
  scope.listen(window, 'pagehide', remember)
  scope.add(player.events.on('seek', remember))
}

/** The first thing one sees of a track is the place one is at, at a zoom where beats can be told apart. */
function showDuration(view: TimeView, player: Player, seconds: number, start: number): void {
  const isFirst = view.durationSeconds === 0
  view.durationSeconds = seconds
  player.durationSeconds = seconds
  const show = (): void => {
    const span = Math.min(seconds, Math.min(30, Math.max(12, view.width / FIRST_PX_PER_SECOND)))
    const from = Math.max(0, start - span / 2)
    view.show(from, from + span)
    if (start > 0 && start < seconds - 0.1) player.place(start)
  }
  if (!isFirst) return view.moveTo(view.from)
  if (view.width) return show()
  const stop = view.events.on('change', () => {
    if (!view.width) return
    stop()
    show()
  })
}

/** One desk per page and track, closed with the page. */
export function useDesk(trackId: string | null, thingId: string | null = trackId): Desk | null {
  const [desk, setDesk] = useState<Desk | null>(null)
  useEffect(() => {
    if (!trackId) return
    const scope = createScope()
    setDesk(createDesk(scope, trackId, `phosphene.at.${thingId}`))
    return () => {
      setDesk(null)
      scope.close()
    }
  }, [trackId, thingId])
  return desk
}
