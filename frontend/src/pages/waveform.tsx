/** The waveform inside any other page: what `{% waveform track %}` mounts. Play, see, zoom; nothing can be changed here. */
import '../styles/index.css'
import { element } from '../lib/element'
import { clock } from '../lib/format'
import { createScope, type Scope } from '../lib/scope'
import { createStore } from '../lib/store'
import type { Track } from '../wire/types'
import { iconInto } from '../widgets/icon'
import { FIRST_SETTINGS, laneSettings } from '../widgets/lane_settings'
import { Player } from '../widgets/player'
import type { SnapKind } from '../widgets/snap'
import { TimeView } from '../widgets/time_view'
import { createTimeline } from '../widgets/timeline'
import { createTrackSound } from '../widgets/track_sound'
import { missingReason, soundDetail } from '../track/track_words'

const FIRST_HEIGHT = 240

/** Builds one waveform in its place. */
export function mountWaveform(scope: Scope, place: HTMLElement): void {
  const text = place.querySelector('script[type="application/json"]')?.textContent
  if (!text) return
  const track = JSON.parse(text) as Track
  place.style.height = `${Number(place.dataset.height) || FIRST_HEIGHT}px`
  const audio = element('audio', { preload: 'metadata', hidden: true, ...(track.files.proxy ? { src: track.files.proxy } : {}) }, place)
  const seconds = track.duration_seconds ?? 0
  const player = new Player(scope, audio, seconds)
  const view = new TimeView(seconds)
  const sound = createTrackSound(scope)
  const wanted = place.dataset.lanes?.split(',').map((name) => name.trim())
  scope.add(sound.lanes.subscribe(() => {
    const names = (sound.lanes.get() ?? []).map((lane) => lane.name)
    if (wanted) laneSettings.set({ ...FIRST_SETTINGS, hidden: names.filter((name) => !wanted.includes(name)) })
  }))
  const box = element('div', { class: 'timeline embed' }, place)
  createTimeline(scope, box, {
    sound, player, view, cues: null, snap: createStore<SnapKind>('off'), layout: 'embed', mayEdit: false,
    title: track.name, detail: soundDetail(track), missing: () => missingReason(track),
  })
  const start = Number(place.dataset.start) || 0
  view.show(0, seconds)
  if (start) player.seek(start)
  scope.add(player.events.on('tick', (now) => view.follow(now)))
  addTransport(scope, place, player)
  sound.take(track)
}

function addTransport(scope: Scope, place: HTMLElement, player: Player): void {
  const bar = element('div', { class: 'transport' }, place)
  const button = element('button', { type: 'button', class: 'play', 'aria-label': 'Play' }, bar)
  const now = element('span', { class: 'clock' }, bar)
  element('span', { class: 'num xs faint' }, bar, `/ ${clock(player.durationSeconds)}`)
  let icons = createScope()
  scope.add(() => icons.close())
  let wasPlaying: boolean | null = null
  const show = (): void => {
    if (player.isPlaying === wasPlaying) return
    wasPlaying = player.isPlaying
    icons.close()
    icons = createScope()
    button.replaceChildren()
    iconInto(icons, button, player.isPlaying ? 'pause' : 'play')
    button.setAttribute('aria-label', player.isPlaying ? 'Pause' : 'Play')
  }
  const tick = (): void => {
    now.textContent = clock(player.seconds)
  }
  scope.listen(button, 'click', () => player.toggle())
  scope.add(player.events.on('state', show))
  scope.add(player.events.on('tick', tick))
  show()
  tick()
}

for (const place of document.querySelectorAll<HTMLElement>('[data-waveform]')) mountWaveform(createScope(), place)
