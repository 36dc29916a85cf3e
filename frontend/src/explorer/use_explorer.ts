/** The parts of the explorer, made once for its page and handed to its panels. */
import { createContext, useContext, useEffect, useMemo } from 'react'
import { createScope } from '../lib/scope'
import { createStore, useStore, type Store } from '../lib/store'
import { undoRegistry } from '../lib/undo'
import { plainVector, usualLabel, type VectorSpec } from '../network/vectors'
import { toast } from '../parts/toasts'
import type { PreviewSession, PreviewStatus } from '../preview/session'
import { useAsk } from '../wire/query'
import type { Network, Snapshot } from '../wire/types'
import { fromHash, fromText, freshlyExplored, toHash, toText, type Explored } from './address'
import { createDesk, type Desk } from './desk'
import { createHand, type Hand, type HandFigures } from './hand'
import type { PathDraft } from './path'
import { createSmallPictures, type SmallPictures } from './small_pictures'
import type { Pin } from '../network/wire'
import { networkQueries } from '../network/queries'

const KEEP_AFTER_MS = 300
const BPM_KEY = 'phosphene.explorer-bpm'
const USUAL_BPM = 120

export interface Explorer {
  network: Network
  snapshots: Snapshot[]
  desk: Desk
  hand: Hand
  figures: Store<HandFigures | null>
  session: Store<PreviewSession | null>
  /** The canvas with the picture, while there is one. */
  canvas: Store<HTMLCanvasElement | null>
  /** How it looked before the last change. */
  former: HTMLCanvasElement
  smalls: SmallPictures
  pins: readonly Pin[]
}

const ExplorerContext = createContext<Explorer | null>(null)
export const ExplorerProvider = ExplorerContext.Provider

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext)
  if (!explorer) throw new Error('This part stands in the explorer.')
  return explorer
}

export function useExplored(): Explored {
  return useStore(useExplorer().desk.explored)
}

export function snapshotOf({ snapshots }: Pick<Explorer, 'snapshots'>, id: string): Snapshot | undefined {
  return snapshots.find((one) => one.id === id) ?? snapshots.at(-1)
}

/** The snapshot that is explored. */
export function useSnapshot(): Snapshot | undefined {
  const explorer = useExplorer()
  return snapshotOf(explorer, useExplored().snapshotId)
}

const nothing: Store<PreviewStatus> = createStore<PreviewStatus>({ state: 'connecting', notice: null, sentence: '', retryAt: null })

export function useStatus(): PreviewStatus {
  const session = useStore(useExplorer().session)
  return useStore(session?.status ?? nothing)
}

/** Made once per network; other pins and snapshots reach it as they come. */
export function useMadeExplorer(network: Network): Explorer {
  const pins = useAsk(networkQueries.pins(network.id))
  const made = useMemo(() => makeParts(network), [network.id]) // eslint-disable-line react-hooks/exhaustive-deps -- another version of the network is no other explorer
  useEffect(() => made.keep(), [made])
  useEffect(() => followLinks(network, made.parts.desk), [network, made])
  const snapshots = useMemo(() => ordered(network), [network])
  return useMemo(() => ({ ...made.parts, network, snapshots, pins: pins.data?.items ?? [] }), [made, network, snapshots, pins.data])
}

const ordered = (network: Network): Snapshot[] => network.snapshots.toSorted((one, other) => one.order - other.order)

function makeParts(network: Network) {
  const session = createStore<PreviewSession | null>(null)
  const canvas = createStore<HTMLCanvasElement | null>(null)
  const figures = createStore<HandFigures | null>(null)
  const former = document.createElement('canvas')
  const hand = createHand((values, n) => session.get()?.say({ type: 'parameters', values, n }))
  let shown = ''
  const desk = createDesk({
    ...atBeginning(network), bpm: Number(localStorage.getItem(BPM_KEY)) || USUAL_BPM, undo: undoRegistry,
    preview(values) {
      const text = JSON.stringify(values)
      if (text === shown) return
      shown = text
      hand.move(values, performance.now())
    },
    leave() {
      const now = canvas.get()
      if (!now) return
      former.width = now.width
      former.height = now.height
      former.getContext('2d')?.drawImage(now, 0, 0)
    },
    tell: (sentence) => toast(sentence, { kind: 'error' }),
  })
  return { parts: { desk, hand, figures, session, canvas, former, smalls: createSmallPictures(network.id) }, keep: () => keepState(network.id, desk) }
}

const stateKey = (network: string): string => `phosphene.explorer.${network}`
const pathKey = (network: string): string => `phosphene.explorer-path.${network}`

/** From the address, else from what this tab explored before, else seed 0 of the newest snapshot. */
function atBeginning(network: Network): { explored: Explored; path: PathDraft | null } {
  const snapshots = ordered(network)
  const search = new URLSearchParams(location.search)
  const newest = snapshots.at(-1)?.id ?? ''
  const asked = search.get('snapshot') ?? newest
  const isAsked = search.has('snapshot') || search.has('seed')
  const inTab = fromText(sessionStorage.getItem(stateKey(network.id)) ?? '')
  // What the hand did just before a reload came too late for the address that the browser asks for again.
  const kept = (isReload() ? inTab : null) ?? fromHash(location.hash) ?? (isAsked ? null : inTab)
  const classes = (snapshots.find((one) => one.id === asked) ?? snapshots.at(-1))?.num_classes
  const explored = kept ?? { ...freshlyExplored(asked), vector: vectorAsked(search, usualLabel(classes)) }
  const isHere = snapshots.some((one) => one.id === explored.snapshotId)
  const path = JSON.parse(sessionStorage.getItem(pathKey(network.id)) ?? 'null') as PathDraft | null
  return { explored: isHere ? explored : { ...explored, snapshotId: newest }, path }
}

function isReload(): boolean {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return how?.type === 'reload'
}

function vectorAsked(search: URLSearchParams, label: number | null): VectorSpec {
  const seed = Number(search.get('seed') ?? 0)
  return plainVector(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 ? seed : 0, { label })
}

/** A link to this explorer that is opened in its own tab loads no page: it changes what stands behind the #. */
function followLinks(network: Network, desk: Desk): () => void {
  const scope = createScope()
  scope.listen(window, 'hashchange', () => {
    const asked = fromHash(location.hash)
    if (!asked) return
    const isHere = network.snapshots.some((one) => one.id === asked.snapshotId)
    desk.set((now) => (isHere ? asked : { ...asked, snapshotId: now.snapshotId }), 'Follow the link')
  })
  return () => scope.close()
}

/** Whatever changes is in the address and in this tab soon after. */
function keepState(networkId: string, desk: Desk): () => void {
  const scope = createScope()
  let stop = (): void => undefined
  const keep = (): void => {
    const explored = desk.explored.get()
    sessionStorage.setItem(stateKey(networkId), toText(explored))
    sessionStorage.setItem(pathKey(networkId), JSON.stringify(desk.path.get()))
    localStorage.setItem(BPM_KEY, String(desk.bpm.get()))
    const hash = toHash(explored)
    history.replaceState(history.state, '', location.pathname + (hash ? `#${hash}` : ''))
  }
  const soon = (): void => {
    stop()
    stop = scope.after(KEEP_AFTER_MS, keep)
  }
  for (const store of [desk.explored, desk.path, desk.bpm]) scope.add(store.subscribe(soon))
  scope.listen(window, 'pagehide', keep)
  return () => scope.close()
}
