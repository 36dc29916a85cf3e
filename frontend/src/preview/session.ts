/**
 * One preview on this page: the line, the clock it is driven by, the pictures that wait and the one that is shown.
 * The page gives credit for as many pictures as it can hold; the studio sends no more than that.
 */
import type { Emitter } from '../lib/emitter'
import { createStore, type Store } from '../lib/store'
import type { Scope } from '../lib/scope'
import type { ParameterValues } from '../wire/types'
import type { Player } from '../widgets/player'
import { readFrame } from './frame'
import { FrameBuffer, type HeldFrame, type Moment } from './frame_buffer'
import { Lead } from './lead'
import { goAlong } from './follow'
import { openLine, type Line } from './line'
import type { DriverClock, FromStudio, JoinMore, PreviewNotice, ToStudio } from './messages'
import { StatsKeeper, type PreviewStats } from './stats'

const HEARTBEAT_MS = 1000
const ADAPT_MS = 400

export interface Picture extends HeldFrame {
  bitmap: ImageBitmap
  isFine: boolean
  width: number
  height: number
}

export interface PreviewStatus {
  /** 'offline': the studio itself cannot be reached. 'refused': it will not show this. */
  state: PreviewNotice['state'] | 'connecting' | 'offline' | 'refused'
  notice: PreviewNotice | null
  sentence: string
  retryAt: number | null
}

/** What a preview goes by: a player is one, and so is anything else that knows its second and whether it moves. */
export interface PreviewClock {
  readonly seconds: number
  readonly rate: number
  readonly isPlaying: boolean
  readonly loop: { from: number; to: number } | null
  readonly events: Pick<Emitter<{ seek: number; state: void }>, 'on'>
}

export interface SessionOptions {
  /** Where the socket is, and what it shows, as a refusal calls it. */
  path: string
  what: string
  clock: PreviewClock
  framesPerSecond: number
  width: number
  /** Said with every join, as it is then. */
  hello?: () => JoinMore
  /** The preview of somebody else to look along with, and the player that goes where theirs does. */
  follow: { previewId: string; player: Player } | null
  /** The preview that this page drove before it was reloaded. */
  resume: string | null
  onPicture: (picture: Picture) => void
  /** A parameter was refused: field and sentence. */
  onRefused: (field: string | null, message: string) => void
  /** This page drives the preview of this id: a reload takes it up again. */
  onDriving: (previewId: string) => void
  /** The studio said something that is no matter of the preview alone. */
  onNotice?: (notice: FromStudio) => void
  /** This page looked along and does so no more; the sentence says why when it was not asked for. */
  onOwnWay: (sentence: string) => void
}

export interface PreviewSession {
  readonly status: Store<PreviewStatus>
  readonly stats: () => PreviewStats
  /** Values that a hand is moving; sent at once, saved elsewhere. */
  move(values: ParameterValues): void
  say(message: ToStudio): void
  setSize(width: number, height: number): void
  setRate(framesPerSecond: number): void
  /** Leave the preview that is followed and drive one of one's own. */
  takeOver(): void
  tryNow(): void
}

export function createPreviewSession(scope: Scope, options: SessionOptions): PreviewSession {
  const { clock } = options
  const status = createStore<PreviewStatus>({ state: 'connecting', notice: null, sentence: '', retryAt: null })
  const line = openLine(scope, options.path, options.what)
  const buffer = new FrameBuffer<Picture>(options.framesPerSecond)
  const lead = new Lead()
  const stats = new StatsKeeper()
  let { width, follow, resume } = options
  let [outstanding, credited, decoding]: [number, boolean, number] = [0, false, 0]
  const goOwnWay = (sentence: string): void => {
    if (follow) follow.player.audio.muted = false
    follow = null
    options.onOwnWay(sentence)
  }
  const takeOver = (): void => {
    if (follow) goOwnWay('')
    resume = null
    line.send({ type: 'leave' })
    join()
  }

  const join = (): void => {
    stats.asked(performance.now())
    ;[outstanding, credited] = [0, false]
    buffer.clear()
    line.send({ type: 'join', width, follow: follow?.previewId ?? null, resume: follow ? null : resume, ...options.hello?.() })
    drive()
    giveCredit()
  }
  const drive = (): void => {
    const loop = clock.loop
    line.send({
      type: 'drive', seconds: clock.seconds, rate: clock.rate, playing: clock.isPlaying, lead: lead.seconds,
      loop: loop ? [loop.from, loop.to] : null,
    })
  }
  const giveCredit = (): void => {
    // A hidden page takes no pictures: sound alone.
    if (!line.isOpen || document.hidden) return
    const room = buffer.capacity - buffer.size - decoding - outstanding
    // Two at a time where there is room for many: half the messages.
    if (room <= 0 || (credited && room < 2 && buffer.capacity > 8)) return
    outstanding += room
    credited = true
    line.send({ type: 'credit', n: room })
  }
  const moment = (): Moment => ({ seconds: clock.seconds, isPlaying: clock.isPlaying, loop: clock.loop })

  const receive = async (message: ArrayBuffer): Promise<void> => {
    const frame = readFrame(message)
    outstanding = Math.max(0, outstanding - 1)
    if (!frame) return
    const arrivedAt = performance.now()
    decoding += 1
    const bitmap = await createImageBitmap(frame.picture).catch(() => null)
    decoding -= 1
    if (!bitmap || scope.isClosed) return bitmap?.close()
    if (clock.isPlaying && !frame.isStill) lead.arrived((frame.seconds - clock.seconds) / clock.rate)
    buffer.push({ ...frame, bitmap, arrivedAt, close: () => bitmap.close() })
  }
  const paint = (at: number): void => {
    const picture = buffer.pick(moment())
    if (picture) {
      options.onPicture(picture)
      const behind = clock.isPlaying ? (clock.seconds - picture.seconds) / clock.rate : 0
      stats.show({ at, delayMs: behind * 1000, drawToScreenMs: picture.drawMs + at - picture.arrivedAt })
      picture.close()
    }
    giveCredit()
  }

  listenToLine(scope, line, {
    status, join, receive, onRefused: options.onRefused, lose: () => buffer.clear(),
    onClock: (theirs) => {
      if (follow) goAlong(follow.player, theirs)
    },
    onNotice: (notice) => options.onNotice?.(notice),
    onPlace(notice, before) {
      // What was refused begins anew: credit and clock that were told meanwhile went nowhere.
      if (before && !before.preview_id) {
        ;[outstanding, credited] = [0, false]
        drive()
        giveCredit()
      }
      if (notice.is_driver) options.onDriving((resume = notice.preview_id))
      if (!notice.is_driver || !follow) return
      follow.player.pause()
      goOwnWay(before ? `${before.driver_name} has gone. You go your own way now.` : 'That preview has ended. This one is your own.')
    },
  })
  if (follow) {
    scope.add(follow.player.events.on('hand', () => {
      if (follow) takeOver()
    }))
  }
  listenToClock(scope, clock, { drive, jump: () => lead.forget() })
  scope.every(HEARTBEAT_MS, drive)
  scope.every(ADAPT_MS, () => {
    if (!clock.isPlaying || !lead.adapt()) return
    buffer.windowSeconds = lead.seconds
    drive()
  })
  scope.eachFrame(paint)
  scope.add(() => line.send({ type: 'leave' }))
  scope.add(() => buffer.clear())

  return {
    status,
    stats: () => stats.read(performance.now(), {
      dropped: buffer.dropped + (status.get().notice?.dropped ?? 0),
      leadMs: lead.seconds * 1000,
    }),
    move: (values) => line.send({ type: 'parameters', values }),
    say: (message) => line.send(message),
    setSize(nextWidth, nextHeight) {
      width = nextWidth
      line.send({ type: 'size', width: nextWidth, height: nextHeight })
    },
    setRate(framesPerSecond) {
      buffer.framesPerSecond = framesPerSecond
    },
    takeOver,
    tryNow: () => line.tryNow(),
  }
}

interface LineHandlers {
  status: Store<PreviewStatus>
  join: () => void
  receive: (message: ArrayBuffer) => Promise<void>
  onRefused: (field: string | null, message: string) => void
  lose: () => void
  onClock: (clock: DriverClock) => void
  onNotice: (notice: FromStudio) => void
  /** Which preview this is and who drives it, with what was known of it before. */
  onPlace: (notice: PreviewNotice, before: PreviewNotice | null) => void
}

function listenToLine(scope: Scope, line: Line, { status, join, receive, onRefused, lose, onClock, onNotice, onPlace }: LineHandlers): void {
  const take = (notice: FromStudio): void => {
    if (notice.type === 'error') onRefused(notice.field, notice.message)
    if (notice.type === 'clock') onClock(notice)
    onNotice(notice)
    if (notice.type !== 'preview') return
    const before = status.get().notice
    status.set({ state: notice.state, notice, sentence: notice.message, retryAt: null })
    if (notice.preview_id) onPlace(notice, before)
  }
  scope.add(line.events.on('open', join))
  scope.add(line.events.on('notice', take))
  scope.add(line.events.on('frame', (message) => void receive(message)))
  scope.add(line.events.on('lost', ({ retryAt }) => {
    lose()
    status.set((now) => ({ ...now, state: 'offline', sentence: 'No connection to the studio.', retryAt }))
  }))
  scope.add(line.events.on('refused', (sentence) => status.set((now) => ({ ...now, state: 'refused', sentence, retryAt: null }))))
}

/** Play, pause, seek, rate and loop are told at once, however many come in one painted picture. */
function listenToClock(scope: Scope, clock: PreviewClock, { drive, jump }: { drive: () => void; jump: () => void }): void {
  let asked = 0
  const soon = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0
      drive()
    })
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(clock.events.on('state', soon))
  scope.add(clock.events.on('seek', () => {
    jump()
    soon()
  }))
}
