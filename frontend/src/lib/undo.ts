/** Undo: what this person did on this page, newest last. Ctrl/Cmd Z takes the newest back, with Shift it comes again. */
import { createStore, type Store } from './store'
import { createTurns } from './turns'

export interface Step {
  /** What was done, as the menu says it: "Move cue". */
  title: string
  undo: () => Promise<void> | void
  redo: () => Promise<void> | void
  /** Steps of one gesture carry the same key and become one. */
  gesture?: string
}

export interface UndoState {
  undoTitle: string | null
  redoTitle: string | null
  isBusy: boolean
}

export interface UndoRegistry {
  readonly state: Store<UndoState>
  push(step: Step): void
  undo(): Promise<boolean>
  redo(): Promise<boolean>
  /** The step came to nothing after all. */
  forget(step: Step): void
  /** What was done before the page was opened, oldest first, under what was done on it. */
  remember(doneBefore: readonly Step[], undoneBefore: readonly Step[]): void
  clear(): void
}

const LONGEST = 200

export function createUndo(): UndoRegistry {
  const [done, undone]: [Step[], Step[]] = [[], []]
  const state = createStore<UndoState>({ undoTitle: null, redoTitle: null, isBusy: false })
  let isBusy = false
  // A key pressed while the former step is on its way takes the next.
  const inTurn = createTurns()

  const show = (): void =>
    state.set({ undoTitle: done.at(-1)?.title ?? null, redoTitle: undone.at(-1)?.title ?? null, isBusy })

  async function move(from: Step[], to: Step[], act: 'undo' | 'redo'): Promise<boolean> {
    const step = from.at(-1)
    if (step === undefined) return false
    isBusy = true
    show()
    try {
      await step[act]()
      // Another may have been done meanwhile, or all of them forgotten.
      const place = from.lastIndexOf(step)
      if (place >= 0) to.push(...from.splice(place, 1))
      return true
    } finally {
      isBusy = false
      show()
    }
  }

  return {
    state,
    push(step) {
      const last = done.at(-1)
      if (last && step.gesture !== undefined && last.gesture === step.gesture) {
        done[done.length - 1] = { ...step, undo: last.undo }
      } else {
        done.push(step)
        if (done.length > LONGEST) done.shift()
      }
      undone.length = 0
      show()
    },
    undo: () => inTurn(() => move(done, undone, 'undo')),
    redo: () => inTurn(() => move(undone, done, 'redo')),
    forget(step) {
      for (const steps of [done, undone]) if (steps.includes(step)) steps.splice(steps.indexOf(step), 1)
      show()
    },
    remember(doneBefore, undoneBefore) {
      // Whoever has done something since can do nothing of before again.
      if (done.length + undone.length === 0) undone.push(...undoneBefore)
      done.unshift(...doneBefore)
      show()
    },
    clear() {
      done.length = 0
      undone.length = 0
      show()
    },
  }
}

/** The registry of the open page. */
export const undoRegistry = createUndo()
