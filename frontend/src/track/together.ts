/** Together: tells the others where this page is, shows where they are, and follows one of them. */
import { createStore, type Store } from '../lib/store'
import type { Scope } from '../lib/scope'
import type { Live } from '../wire/events'
import type { Place } from '../wire/types'
import type { Theirs } from '../widgets/cue_lane'
import type { Desk } from './desk'

/** A playhead is told again after this long, though nothing but its own pace has moved it. */
const TELL_EVERY_MS = 2000
/** A follower whose sound is nearer than this stays where it is: a seek would be heard. */
const NEAR_SECONDS = 0.15
/** More chosen cues than these are not told. */
const MOST_CHOSEN = 200

export interface Together {
  /** Others on this track. */
  readonly others: Store<readonly Place[]>
  /** The cues that they have chosen, and who. */
  readonly theirs: Store<Theirs>
  /** The page that is followed, or null. */
  readonly followed: Store<string | null>
  follow(page: string | null): void
}

/** By cue: whoever chose it; one of several. */
export function theirsOf(others: readonly Place[]): Theirs {
  return new Map(others.flatMap(({ selection, person }) => selection.map((id) => [id, { initials: person.initials, hue: `hue-${person.colour}` }] as const)))
}

/** Where their playhead is by now. */
export function secondsOf(place: Place, now: number = performance.now()): number {
  return place.seconds + (place.is_playing ? ((now - place.heardAt) / 1000) * place.rate : 0)
}

export function createTogether(scope: Scope, live: Live, desk: Desk, trackId: string): Together {
  const { player, cues } = desk
  const others = createStore<readonly Place[]>([])
  const followed = createStore<string | null>(null)
  const theirs = createStore<Theirs>(new Map())
  let chosen = ''

  const tell = (): void => live.sayHere({
    track_id: trackId, seconds: player.seconds, is_playing: player.isPlaying, rate: player.rate,
    selection: [...cues.selection.get()].slice(0, MOST_CHOSEN),
  })
  scope.add(player.events.on('seek', tell))
  scope.add(player.events.on('state', tell))
  scope.add(cues.selection.subscribe(tell))
  scope.every(TELL_EVERY_MS, () => {
    if (player.isPlaying) tell()
  })
  tell()

  const goAlong = (): void => {
    const place = others.get().find((one) => one.page === followed.get())
    if (!place) return
    const seconds = secondsOf(place)
    if (Math.abs(player.seconds - seconds) > NEAR_SECONDS) {
      player.place(seconds)
      desk.view.follow(seconds)
    }
    if (player.rate !== place.rate) player.audio.playbackRate = place.rate
    if (place.is_playing && !player.isPlaying) void player.play()
    if (!place.is_playing && player.isPlaying) player.pause()
  }
  const hear = (): void => {
    others.set(live.places.get().filter((one) => one.track_id === trackId))
    // They come ten times a second while somebody plays, and seldom say anything new of what is chosen.
    const now = others.get().map(({ page, selection }) => [page, ...selection].join()).join(';')
    if (now !== chosen) theirs.set(theirsOf(others.get()))
    chosen = now
    if (!followed.get()) return
    if (others.get().some((one) => one.page === followed.get())) goAlong()
    else followed.set(null)
  }
  scope.add(live.places.subscribe(hear))
  hear()
  // Whoever takes the transport into their own hand goes their own way.
  scope.add(player.events.on('hand', () => followed.set(null)))
  return {
    others,
    theirs,
    followed,
    follow(page) {
      followed.set(page)
      if (page) goAlong()
    },
  }
}
