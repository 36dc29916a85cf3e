/**
 * The scene as this page has it: what the studio told last, with what is on its way there and what a hand is moving on top.
 * A moving value goes to the preview at once; when the hand lets go it is saved, and becomes one step of undo.
 */
import { createStore, type Store } from '../lib/store'
import { createTurns } from '../lib/turns'
import type { UndoRegistry } from '../lib/undo'
import { ApiError } from '../wire/api'
import type { Saving } from '../wire/saving'
import type { CueAction, ParameterValues, RouteSpec, Scene } from '../wire/types'
import { changesMerged, hasChanges, withChanges, withoutIds } from './driven'

/** Routes and cue actions by their ids; null takes one out. */
export interface Driven {
  routes?: Record<string, RouteSpec | null>
  actions?: Record<string, CueAction | null>
}

export interface ScenePatch extends Driven {
  name?: string
  track_id?: string
  visualizer?: string
  preset?: string
  parameters?: ParameterValues
  snapshot_ids?: string[]
  projection_id?: string | null
  /** A projection of another network is wanted even so. */
  force_projection?: boolean
  width?: number
  height?: number
  fps?: string
}

export interface SceneApi {
  patch(values: ScenePatch & { revision: number }): Promise<Scene>
  step(direction: 'undo' | 'redo'): Promise<Scene>
}

export interface DraftOptions {
  scene: Scene
  api: SceneApi
  saving: Saving
  undo: UndoRegistry
  /** Shows values in the running preview before they are saved. */
  preview: (values: ParameterValues) => void
  /** The same for routes and actions. */
  previewDriven: (changes: Driven) => void
  tell: (sentence: string, isFault: boolean) => void
}

export interface Draft {
  readonly scene: Store<Scene>
  /** Sentences at fields, by the name of the parameter or of the scene's own field. */
  readonly faults: Store<Readonly<Record<string, string>>>
  /** A hand is moving: the picture follows, nothing is saved. */
  move(values: ParameterValues): void
  /** The hand let go, or a value was chosen. */
  set(values: ParameterValues, title: string): void
  /** As `move` and `set`, for routes and cue actions. */
  moveDriven(changes: Driven): void
  setDriven(changes: Driven, title: string): void
  change(patch: ScenePatch, title: string): void
  refuse(field: string | null, message: string): void
  take(scene: Scene): void
  undo(): void
  redo(): void
}

const SAVE_AFTER_MS = 180
const PREVIEW_EVERY_MS = 33

export function createDraft(options: DraftOptions): Draft {
  const { api, saving, undo, tell } = options
  const shown = createStore(options.scene)
  const faults = createStore<Readonly<Record<string, string>>>({})
  let base = options.scene
  let moving: ParameterValues = {}
  let movingDriven: Driven = {}
  let pending: ScenePatch = {}
  let sending: ScenePatch = {}
  let titles: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let saved: Promise<unknown> = Promise.resolve()
  const toPreview = throttled<ParameterValues>(options.preview, (first, second) => ({ ...first, ...second }), PREVIEW_EVERY_MS)
  const drivenToPreview = throttled<Driven>(options.previewDriven, changesMerged, PREVIEW_EVERY_MS)

  const show = (): void => {
    const { preset: _sent, force_projection: _meant, routes: _sentRoutes, actions: _sentActions, ...first } = sending
    const { preset: _waiting, force_projection: _forced, routes: _waitingRoutes, actions: _waitingActions, ...second } = pending
    const driven = [sending, pending, movingDriven].reduce(changesMerged, {})
    shown.set({
      ...base, ...first, ...second,
      parameters: { ...base.parameters, ...sending.parameters, ...pending.parameters, ...moving },
      routes: withChanges(base.routes, driven.routes),
      actions: withChanges(base.actions, driven.actions),
    })
  }
  /** A name that ends in a full stop stands for all that begin with it. */
  const clear = (names: string[]): void => {
    const isCleared = (name: string): boolean => names.some((one) => (one.endsWith('.') ? name.startsWith(one) : name === one))
    faults.set((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !isCleared(name))))
  }

  async function send(): Promise<void> {
    if (Object.keys(pending).length === 0) return
    ;[sending, pending] = [merged(sending, pending), {}]
    const [values, title] = [sending, titles.at(-1) ?? 'Change scene']
    titles = []
    try {
      base = await sendOver(values)
      clear([...Object.keys(values), ...Object.keys(values.parameters ?? {}), ...placesOf(values)])
      undo.push({ title, undo: () => step('undo'), redo: () => step('redo') })
      sending = {}
    } catch (fault) {
      // Without connection it stays on the page and goes out later, with what came on top.
      if (fault instanceof ApiError && fault.isOffline) [pending, sending] = [merged(values, pending), {}]
      else sending = {}
      throw fault
    } finally {
      show()
    }
  }

  /** Last change wins per field: where somebody was faster, ours goes on top of theirs. */
  async function sendOver(values: ScenePatch): Promise<Scene> {
    try {
      return await api.patch({ ...values, revision: base.revision })
    } catch (fault) {
      if (!(fault instanceof ApiError && fault.isConflict && fault.current)) throw fault
      const theirs = fault.current as Scene
      const answer = await api.patch({ ...values, revision: theirs.revision })
      tell('Somebody changed the same thing a moment ago. Yours is on top; undo brings theirs back.', false)
      return answer
    }
  }

  async function step(direction: 'undo' | 'redo'): Promise<void> {
    base = await api.step(direction)
    show()
  }

  const refuse = (field: string | null, message: string): void => {
    const name = field?.replace(/^parameters\./, '')
    if (!name) return tell(message, true)
    faults.set((now) => ({ ...now, [name]: message }))
  }
  const save = (): void => {
    clearTimeout(timer)
    timer = undefined
    saved = saving.save('scene', send).catch((fault: unknown) => {
      if (fault instanceof ApiError) refuse(fault.field, fault.message)
      else tell(String(fault), true)
    })
  }
  const change = (patch: ScenePatch, title: string): void => {
    pending = merged(pending, patch)
    titles.push(title)
    show()
    clearTimeout(timer)
    timer = setTimeout(save, SAVE_AFTER_MS)
  }
  const inTurn = createTurns()
  /** What waits to be saved goes first: it is the newest step. Without connection it would never come to its turn. */
  const stepNow = async (direction: 'undo' | 'redo'): Promise<boolean> => {
    if (timer !== undefined) save()
    if (!saving.state.get().isOffline) await saved
    const state = undo.state.get()
    if ((direction === 'undo' ? state.undoTitle : state.redoTitle) !== null) return undo[direction]()
    await step(direction)
    return true
  }
  const stepOr = (direction: 'undo' | 'redo'): void =>
    void inTurn(() => stepNow(direction)).catch((fault: unknown) => tell(fault instanceof Error ? fault.message : String(fault), true))
  return {
    scene: shown,
    faults,
    move(values) {
      moving = { ...moving, ...values }
      toPreview(values)
      show()
    },
    set(values, title) {
      moving = without(moving, Object.keys(values))
      toPreview(values)
      change({ parameters: values }, title)
    },
    moveDriven(changes) {
      movingDriven = changesMerged(movingDriven, changes)
      drivenToPreview(changes)
      show()
    },
    setDriven(changes, title) {
      movingDriven = withoutIds(movingDriven, changes)
      drivenToPreview(changes)
      change(changes, title)
    },
    change,
    refuse,
    take(scene) {
      if (scene.revision < base.revision) return
      // An event carries the scene without what only a person's own view has.
      base = { ...base, ...scene }
      show()
    },
    undo: () => stepOr('undo'),
    redo: () => stepOr('redo'),
  }
}

function merged(first: ScenePatch, second: ScenePatch): ScenePatch {
  const parameters = { ...first.parameters, ...second.parameters }
  const driven = changesMerged(first, second)
  return {
    ...first, ...second,
    ...(hasChanges(parameters) ? { parameters } : {}),
    ...driven,
  }
}

/** Under which names faults of these routes and actions stand. */
function placesOf({ routes, actions }: Driven): string[] {
  return [...Object.keys(routes ?? {}).map((id) => `routes.${id}.`), ...Object.keys(actions ?? {}).map((id) => `actions.${id}.`)]
}

function without(values: ParameterValues, names: string[]): ParameterValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

/** At most one message per interval; what came in between goes out together, the last one never gets lost. */
function throttled<T>(send: (values: T) => void, merge: (first: T, second: T) => T, everyMs: number): (values: T) => void {
  let waiting: T | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = -Infinity
  const flush = (): void => {
    timer = undefined
    lastAt = performance.now()
    if (waiting !== null) send(waiting)
    waiting = null
  }
  return (values) => {
    waiting = waiting === null ? values : merge(waiting, values)
    const wait = everyMs - (performance.now() - lastAt)
    if (wait <= 0) flush()
    else timer ??= setTimeout(flush, wait)
  }
}
