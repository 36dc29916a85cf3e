/**
 * One preview on this page: the line, the clock it is driven by, the pictures that wait and the one that is shown.
 * The page gives credit for as many pictures as it can hold; the studio sends no more than that.
 */
import { createStore, type Store } from '../lib/store'
import type { Scope } from '../lib/scope'
import type { ParameterValues } from '../wire/types'
import type { Player } from '../widgets/player'
import { readFrame } from './frame'
import { FrameBuffer, type HeldFrame, type Moment } from './frame_buffer'
import { Lead } from './lead'
import { goAlong } from './follow'
import { openLine, type Line } from './line'
import type { DriverClock, FromStudio, PreviewNotice } from './messages'
import { StatsKeeper, type PreviewStats } from './stats'

const HEARTBEAT_MS = 1000
const ADAPT_MS = 400

export interface Picture extends HeldFrame {
  bitmap: ImageBitmap
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

export interface SessionOptions {
  sceneId: string
  player: Player
  framesPerSecond: number
  width: number
  /** The preview of somebody else to look along with. */
  follow: string | null
  /** The preview that this page drove before it was reloaded. */
  resume: string | null
  onPicture: (picture: Picture) => void
  /** A parameter was refused: field and sentence. */
  onRefused: (field: string | null, message: string) => void
  /** This page drives the preview of this id: a reload takes it up again. */
  onDriving: (previewId: string) => void
  /** This page looked along and does so no more; the sentence says why when it was not asked for. */
  onOwnWay: (sentence: string) => void
}

export interface PreviewSession {
  readonly status: Store<PreviewStatus>
  readonly stats: () => PreviewStats
  /** Values that a hand is moving; sent at once, saved elsewhere. */
  move(values: ParameterValues): void
  setSize(width: number, height: number): void
  setRate(framesPerSecond: number): void
  /** Leave the preview that is followed and drive one of one's own. */
  takeOver(): void
  tryNow(): void
}

export function createPreviewSession(scope: Scope, options: SessionOptions): PreviewSession {
  const { player } = options
  const status = createStore<PreviewStatus>({ state: 'connecting', notice: null, sentence: '', retryAt: null })
  const line = openLine(scope, `/ws/scenes/${options.sceneId}/preview`)
  const buffer = new FrameBuffer<Picture>(options.framesPerSecond)
  const lead = new Lead()
  const stats = new StatsKeeper()
  let { width, follow, resume } = options
  let [outstanding, credited, decoding]: [number, boolean, number] = [0, false, 0]
  const goOwnWay = (sentence: string): void => {
    follow = null
    player.audio.muted = false
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
    line.send({ type: 'join', width, follow, resume: follow ? null : resume })
    drive()
    giveCredit()
  }
  const drive = (): void => {
    const loop = player.loop
    line.send({
      type: 'drive', seconds: player.seconds, rate: player.rate, playing: player.isPlaying, lead: lead.seconds,
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
  const moment = (): Moment => ({ seconds: player.seconds, isPlaying: player.isPlaying, loop: player.loop })

  const receive = async (message: ArrayBuffer): Promise<void> => {
    const frame = readFrame(message)
    outstanding = Math.max(0, outstanding - 1)
    if (!frame) return
    const arrivedAt = performance.now()
    decoding += 1
    const bitmap = await createImageBitmap(frame.picture).catch(() => null)
    decoding -= 1
    if (!bitmap || scope.isClosed) return bitmap?.close()
    if (player.isPlaying && !frame.isStill) lead.arrived((frame.seconds - player.seconds) / player.rate)
    buffer.push({ ...frame, bitmap, arrivedAt, close: () => bitmap.close() })
  }
  const paint = (at: number): void => {
    const picture = buffer.pick(moment())
    if (picture) {
      options.onPicture(picture)
      const behind = player.isPlaying ? (player.seconds - picture.seconds) / player.rate : 0
      stats.show({ at, delayMs: behind * 1000, drawToScreenMs: picture.drawMs + at - picture.arrivedAt })
      picture.close()
    }
    giveCredit()
  }

  listenToLine(scope, line, {
    status, join, receive, onRefused: options.onRefused, lose: () => buffer.clear(),
    onClock: (clock) => {
      if (follow) goAlong(player, clock)
    },
    onPlace(notice, before) {
      if (notice.is_driver) options.onDriving((resume = notice.preview_id))
      if (!notice.is_driver || !follow) return
      player.pause()
      goOwnWay(before ? `${before.driver_name} has gone. You go your own way now.` : 'That preview has ended. This one is your own.')
    },
  })
  scope.add(player.events.on('hand', () => {
    if (follow) takeOver()
  }))
  listenToPlayer(scope, player, { drive, jump: () => lead.forget() })
  scope.every(HEARTBEAT_MS, drive)
  scope.every(ADAPT_MS, () => {
    if (!player.isPlaying || !lead.adapt()) return
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
  /** Which preview this is and who drives it, with what was known of it before. */
  onPlace: (notice: PreviewNotice, before: PreviewNotice | null) => void
}

function listenToLine(scope: Scope, line: Line, { status, join, receive, onRefused, lose, onClock, onPlace }: LineHandlers): void {
  const take = (notice: FromStudio): void => {
    if (notice.type === 'error') onRefused(notice.field, notice.message)
    if (notice.type === 'clock') onClock(notice)
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
function listenToPlayer(scope: Scope, player: Player, { drive, jump }: { drive: () => void; jump: () => void }): void {
  let asked = 0
  const soon = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0
      drive()
    })
  }
  scope.add(() => cancelAnimationFrame(asked))
  scope.add(player.events.on('state', soon))
  scope.add(player.events.on('seek', () => {
    jump()
    soon()
  }))
}
