/** The curves of a scene as it is now: asked for once it has stood still, made by a render service, kept by their key. */
import { useEffect, useReducer, useRef } from 'react'
import { useProjectEvents } from '../../shell/live'
import { post, sentenceOf } from '../../wire/api'
import type { components } from '../../wire/schema'
import { readSceneCurves, type SceneCurve } from './read_curves'

type Answer = components['schemas']['SceneCurvesOut']

export interface SceneCurves {
  state: 'none' | 'waiting' | 'working' | 'ready' | 'failed'
  /** Why there are none, or what is going on. */
  sentence: string
  /** The newest that came; they stay while newer ones are made. */
  curves: readonly SceneCurve[]
  again: () => void
}

interface Held {
  /** What was asked for last; "" while nothing was. */
  asked: string
  key: string
  state: SceneCurves['state']
  sentence: string
  curves: readonly SceneCurve[]
  readKey: string
}

const REST_MS = 1000
/** One question for all parts of a page that show the same scene. */
const held = new Map<string, Held>()
const listeners = new Set<() => void>()

function heldOf(sceneId: string): Held {
  const known = held.get(sceneId) ?? { asked: '', key: '', state: 'none', sentence: '', curves: [], readKey: '' }
  held.set(sceneId, known)
  return known
}

function change(sceneId: string, part: Partial<Held>): void {
  held.set(sceneId, { ...heldOf(sceneId), ...part })
  listeners.forEach((told) => told())
}

async function ask(sceneId: string, again = false): Promise<void> {
  try {
    await take(await post<Answer>(`/scenes/${sceneId}/curves`, again ? { again } : {}))
  } catch (fault) {
    change(sceneId, { state: 'failed', sentence: sentenceOf(fault) })
  }
}

async function take({ scene_id: id, key, state, sentence, url }: Answer): Promise<void> {
  change(id, { key, state: state === 'ready' ? 'working' : state, sentence })
  if (state !== 'ready' || !url) return
  if (heldOf(id).readKey === key) return change(id, { state: 'ready' })
  const answer = await fetch(url, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error('The curves of this scene could not be fetched. Reload the page.')
  const curves = readSceneCurves(await answer.arrayBuffer())
  if (heldOf(id).key === key) change(id, { state: 'ready', curves, readKey: key })
}

/** `revision` is that of the scene: after each change they are asked for anew, as soon as it rests. */
export function useSceneCurves(sceneId: string, revision: number, isOn: boolean): SceneCurves {
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    listeners.add(again)
    return () => void listeners.delete(again)
  }, [])
  const first = useRef(true)
  useEffect(() => {
    if (!isOn) return
    const wanted = String(revision)
    const timer = setTimeout(() => {
      if (heldOf(sceneId).asked === wanted) return
      change(sceneId, { asked: wanted })
      void ask(sceneId)
    }, first.current ? 0 : REST_MS)
    first.current = false
    return () => clearTimeout(timer)
  }, [sceneId, revision, isOn])
  useProjectEvents(({ kind, payload }) => {
    const told = payload as unknown as Answer
    if (!isOn || kind !== 'scene.curves' || told.scene_id !== sceneId || told.key !== heldOf(sceneId).key) return
    take(told).catch((fault: unknown) => change(sceneId, { state: 'failed', sentence: sentenceOf(fault) }))
  })
  const { state, sentence, curves } = heldOf(sceneId)
  return { state, sentence, curves, again: () => void ask(sceneId, true) }
}
