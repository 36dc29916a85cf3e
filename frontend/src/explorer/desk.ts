/**
 * The explorer's desk: what is explored, what was explored before it, and the path. A moving hand changes the picture at
 * once; when it lets go that is one step of undo. Nothing of it is saved but in the address of the page.
 */
import { createStore, type Store } from '../lib/store'
import type { UndoRegistry } from '../lib/undo'
import type { VectorSpec } from '../network/vectors'
import type { ParameterValues } from '../wire/types'
import type { Explored } from './address'
import { inSeconds, newPath, secondsOf, type PathDraft } from './path'
import { PathClock } from './path_clock'
import { tooMuch } from './recipe'

export type Change = (now: Explored) => Explored

/** The picture of one vector, or of a place on the path. */
export type Shown = 'picture' | 'path'

export type Beside = { kind: 'pin'; id: string } | { kind: 'snapshot'; id: string }

export interface Desk {
  readonly explored: Store<Explored>
  readonly path: Store<PathDraft>
  readonly bpm: Store<number>
  readonly shown: Store<Shown>
  readonly beside: Store<Beside | null>
  readonly clock: PathClock
  /** A hand is moving. */
  move(change: Change): void
  /** The hand let go, or a value was chosen. False when it was refused; the sentence was told. */
  set(change: Change, title: string): boolean
  /** The same for the vector alone. */
  moveVector(change: (now: VectorSpec) => VectorSpec): void
  setVector(change: (now: VectorSpec) => VectorSpec, title: string): boolean
  changePath(change: (now: PathDraft) => PathDraft, title: string): void
  /** Another path altogether: not undone. */
  takePath(path: PathDraft): void
  play(): void
  pause(): void
  /** The picture of a place on the path, still or playing as it was. */
  showPathAt(seconds: number): void
  /** All that the preview is to show now. */
  parameters(): ParameterValues
}

export interface DeskOptions {
  explored: Explored
  path?: PathDraft | null
  bpm: number
  undo: UndoRegistry
  /** Shows values in the running preview. */
  preview: (values: ParameterValues) => void
  /** Before the picture leaves a state that it can be compared with. */
  leave: () => void
  tell: (sentence: string) => void
}

export function createDesk(options: DeskOptions): Desk {
  const { undo } = options
  const explored = createStore(options.explored)
  const path = createStore<PathDraft>(options.path ?? newPath())
  const bpm = createStore(options.bpm)
  const shown = createStore<Shown>('picture')
  const beside = createStore<Beside | null>(null)
  const clock = new PathClock()
  // What the last step of undo left: where a gesture began.
  let settled = options.explored

  const pictureValues = (): ParameterValues => ({ mode: 'picture', vector: explored.get().vector, look: explored.get().look })
  const pathValues = (): ParameterValues => ({
    mode: 'path', path: inSeconds(path.get(), bpm.get()), interpolation: path.get().interpolation, loop: path.get().loop, look: explored.get().look,
  })
  const parameters = (): ParameterValues => (shown.get() === 'path' ? pathValues() : pictureValues())
  const span = (): void => clock.setSpan(path.get().waypoints.length < 2 ? 0 : secondsOf(path.get(), bpm.get()), path.get().loop)
  const show = (next: Explored): void => {
    if (explored.get() === settled) options.leave()
    explored.set(next)
    clock.pause()
    shown.set('picture')
    options.preview(pictureValues())
  }
  const settle = (next: Explored): void => {
    show(next)
    settled = next
  }
  const showPath = (next: PathDraft): void => {
    path.set(next)
    span()
    if (next.waypoints.length < 2 && shown.get() === 'path') {
      clock.pause()
      shown.set('picture')
    }
    if (shown.get() === 'path' || next.waypoints.length < 2) options.preview(parameters())
  }
  bpm.subscribe(() => {
    span()
    if (shown.get() === 'path') options.preview(pathValues())
  })
  span()

  const desk: Desk = {
    explored, path, bpm, shown, beside, clock, parameters,
    move(change) {
      const next = change(explored.get())
      if (tooMuch(next.vector) === null) show(next)
    },
    set(change, title) {
      const next = change(explored.get())
      const wrong = tooMuch(next.vector)
      if (wrong) {
        options.tell(wrong)
        return false
      }
      const before = settled
      settle(next)
      if (JSON.stringify(before) !== JSON.stringify(next)) undo.push({ title, undo: () => settle(before), redo: () => settle(next) })
      return true
    },
    moveVector: (change) => desk.move((now) => ({ ...now, vector: change(now.vector) })),
    setVector: (change, title) => desk.set((now) => ({ ...now, vector: change(now.vector) }), title),
    changePath(change, title) {
      const before = path.get()
      const next = change(before)
      if (next === before) return
      showPath(next)
      // What the studio says of a path (its id, its revision) is no matter of undo.
      const put = (to: PathDraft) => (): void => showPath({ ...to, id: path.get().id, revision: path.get().revision })
      undo.push({ title, undo: put(before), redo: put(next) })
    },
    takePath: showPath,
    play() {
      if (path.get().waypoints.length < 2) return
      shown.set('path')
      options.preview(pathValues())
      clock.play()
    },
    pause: () => clock.pause(),
    showPathAt(seconds) {
      if (path.get().waypoints.length < 2) return
      clock.seek(seconds)
      if (shown.get() === 'path') return
      shown.set('path')
      options.preview(pathValues())
    },
  }
  return desk
}
