/**
 * Uploads: files on their way to the studio, by tus: pieces of 4 MiB, several files at once, going on where they stopped
 * after a break, a pause or a reload. The rows are a store; parts/Uploader.tsx shows them.
 */
import * as tus from 'tus-js-client'
import { fileSize } from '../lib/format'
import { createStore } from '../lib/store'
import { csrfToken, errorFrom, get, remove, sentenceOf } from './api'
import { forgetFile, keepFile, keptFiles } from './kept_files'
import type { Items, UploadState } from './types'

export type RowState = 'waiting' | 'sending' | 'paused' | 'offline' | 'checking' | 'done' | 'refused' | 'missing'

export interface UploadRow {
  id: string
  name: string
  size: number
  sent: number
  kind: string
  state: RowState
  /** Why it was refused. */
  error: string
  secondsLeft: number | null
  resultUrl: string | null
}

/** What an uploader takes. */
export interface UploadKind {
  kind: string
  project: string
  /** Ends of names, lower case, with the point. */
  endings: readonly string[]
  /** "a WAV, MP3, FLAC, OGG, Opus, M4A or AIFF file" */
  wanted: string
  /** Further words for the studio, such as the network a snapshot belongs to. */
  extra?: Record<string, string>
}

export const uploads = createStore<readonly UploadRow[]>([])

const PIECE = 4 * 1024 * 1024
const AT_ONCE = 3
const WAITS = [0, 1000, 2000, 4000, 8000, 15_000, 15_000, 30_000, 30_000, 30_000, 60_000, 60_000]

interface Sending {
  file: File
  upload: tus.Upload
  fingerprint: string
  speed: Speed
}

const sendings = new Map<string, Sending>()
/** Called when a file has arrived whole. */
const arrivals = new Set<(row: UploadRow) => void>()

export function onArrival(handler: (row: UploadRow) => void): () => void {
  arrivals.add(handler)
  return () => arrivals.delete(handler)
}

function change(id: string, part: Partial<UploadRow>): void {
  uploads.set((now) => now.map((row) => (row.id === id ? { ...row, ...part } : row)))
}

function rowOf(id: string): UploadRow | undefined {
  return uploads.get().find((row) => row.id === id)
}

/** The same file, sent to the same place, is the same upload. */
export function fingerprintOf(file: Pick<File, 'name' | 'size' | 'lastModified'>, kind: UploadKind): string {
  const extra = Object.entries(kind.extra ?? {}).sort().flat()
  return ['phosphene', kind.project, kind.kind, ...extra, file.name, file.size, file.lastModified].join('|')
}

/** Why a file is not worth sending, or null. */
export function refusalOf(file: Pick<File, 'name' | 'size'>, kind: UploadKind): string | null {
  if (file.size === 0) return `"${file.name}" is empty. Choose ${kind.wanted}.`
  const name = file.name.toLowerCase()
  if (kind.endings.some((ending) => name.endsWith(ending))) return null
  return `"${file.name}" is not of a kind that is read here. Choose ${kind.wanted}.`
}

export function addFiles(files: Iterable<File>, kind: UploadKind): void {
  for (const file of files) addFile(file, kind)
}

function addFile(file: File, kind: UploadKind): void {
  const fingerprint = fingerprintOf(file, kind)
  if ([...sendings.values()].some((one) => one.fingerprint === fingerprint)) return
  const id = crypto.randomUUID()
  const refusal = refusalOf(file, kind)
  const row: UploadRow = {
    id, name: file.name, size: file.size, sent: 0, kind: kind.kind, error: refusal ?? '',
    state: refusal ? 'refused' : 'waiting', secondsLeft: null, resultUrl: null,
  }
  // A row that waited for this very file gives way to it.
  uploads.set((now) => [...now.filter((one) => !(one.state === 'missing' && one.name === file.name && one.size === file.size)), row])
  if (refusal) return
  sendings.set(id, { file, fingerprint, speed: createSpeed(), upload: makeUpload(id, file, fingerprint, kind) })
  void keepFile({ fingerprint, file, project: kind.project, kind: kind.kind, extra: kind.extra ?? {} })
  next()
}

function makeUpload(id: string, file: File, fingerprint: string, kind: UploadKind): tus.Upload {
  return new tus.Upload(file, {
    endpoint: '/api/v1/uploads',
    chunkSize: PIECE,
    retryDelays: WAITS,
    removeFingerprintOnSuccess: true,
    fingerprint: () => Promise.resolve(fingerprint),
    metadata: { filename: file.name, filetype: file.type, project: kind.project, kind: kind.kind, ...kind.extra },
    onBeforeRequest: (request) => request.setHeader('X-CSRFToken', csrfToken()),
    onProgress: (sent) => {
      const row = rowOf(id)
      if (!row || row.state === 'paused') return
      const speed = sendings.get(id)?.speed
      speed?.tell(sent)
      change(id, { sent, state: 'sending', secondsLeft: speed?.secondsFor(row.size - sent) ?? null })
    },
    onShouldRetry: (fault) => {
      const status = fault.originalResponse?.getStatus() ?? 0
      const isWorthIt = status === 0 || status === 409 || status === 423 || status >= 500
      if (isWorthIt && status === 0) change(id, { state: 'offline' })
      return isWorthIt
    },
    onError: (fault) => refuse(id, sentenceOfFault(fault)),
    onSuccess: () => void arrive(id),
  })
}

function sentenceOfFault(fault: Error | tus.DetailedError): string {
  const response = 'originalResponse' in fault ? fault.originalResponse : null
  if (!response) return 'The connection broke too often. Send it again; the upload goes on where it stopped.'
  try {
    return errorFrom(response.getStatus(), JSON.parse(response.getBody())).message
  } catch {
    return errorFrom(response.getStatus(), null).message
  }
}

function refuse(id: string, error: string): void {
  const sending = sendings.get(id)
  change(id, { state: 'refused', error, secondsLeft: null })
  if (sending) void forgetFile(sending.fingerprint)
  sendings.delete(id)
  next()
}

/** The whole file is there: what the studio made of it decides whether it stays. */
async function arrive(id: string): Promise<void> {
  const sending = sendings.get(id)
  change(id, { state: 'checking', sent: rowOf(id)?.size ?? 0, secondsLeft: null })
  try {
    const path = new URL(sending?.upload.url ?? '', window.location.href).pathname
    const answer = await untilDecided(path)
    if (answer.error) {
      refuse(id, answer.error)
      return
    }
    change(id, { state: 'done', resultUrl: answer.result_url })
  } catch (fault) {
    refuse(id, sentenceOf(fault))
    return
  }
  if (sending) void forgetFile(sending.fingerprint)
  sendings.delete(id)
  const row = rowOf(id)
  if (row) for (const handler of arrivals) handler(row)
  next()
}

async function untilDecided(path: string): Promise<UploadState> {
  for (let wait = 250; ; wait = Math.min(4000, wait * 2)) {
    const state = await get<UploadState>(path)
    if (state.error || state.result_url) return state
    if (wait === 4000) return state
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** Starts what waits, a few at a time. */
function next(): void {
  const busy = uploads.get().filter((row) => row.state === 'sending' || row.state === 'offline').length
  for (const row of uploads.get().filter((one) => one.state === 'waiting').slice(0, Math.max(0, AT_ONCE - busy))) void start(row.id)
}

async function start(id: string): Promise<void> {
  const sending = sendings.get(id)
  if (!sending) return
  change(id, { state: 'sending' })
  const [earlier] = await sending.upload.findPreviousUploads()
  if (earlier) sending.upload.resumeFromPreviousUpload(earlier)
  if (rowOf(id)?.state === 'sending') sending.upload.start()
}

export function pauseUpload(id: string): void {
  change(id, { state: 'paused', secondsLeft: null })
  void sendings.get(id)?.upload.abort(false)
  next()
}

export function goOn(id: string): void {
  change(id, { state: 'waiting' })
  next()
}

/** Takes the row away, and what was sent with it. */
export async function removeUpload(id: string): Promise<void> {
  const sending = sendings.get(id)
  const row = rowOf(id)
  sendings.delete(id)
  uploads.set((now) => now.filter((one) => one.id !== id))
  next()
  if (sending) {
    void forgetFile(sending.fingerprint)
    await sending.upload.abort(true).catch(() => undefined)
  } else if (row?.state === 'missing') {
    await remove(`/uploads/${id}`)
  }
}

/** After a reload: goes on with what the browser kept, and lists what waits for its file. */
export async function takeUpAgain(kind: UploadKind): Promise<void> {
  for (const kept of await keptFiles(kind.project)) {
    if (kept.kind === kind.kind) addFile(kept.file, { ...kind, extra: kept.extra })
  }
  const unfinished = await get<Items<UploadState>>(`/projects/${kind.project}/uploads`).catch(() => ({ items: [] }))
  const known = uploads.get()
  const missing = unfinished.items
    .filter((one) => one.offset < one.size && (one.kind ?? kind.kind) === kind.kind)
    .filter((one) => !known.some((row) => row.name === one.name && row.size === one.size))
    .map((one): UploadRow => ({
      id: one.id, name: one.name, size: one.size, sent: one.offset, kind: kind.kind, state: 'missing', secondsLeft: null, resultUrl: null,
      error: `Choose "${one.name}" again; the upload goes on at ${fileSize(one.offset)}.`,
    }))
  uploads.set((now) => [...now, ...missing])
}

export interface Speed {
  tell(sent: number, now?: number): void
  secondsFor(bytes: number): number | null
}

/** Bytes a second over the last few seconds. */
export function createSpeed(): Speed {
  const samples: { at: number; sent: number }[] = []
  return {
    tell(sent, now = Date.now()) {
      if (samples.length > 0 && sent < (samples.at(-1)?.sent ?? 0)) samples.length = 0
      samples.push({ at: now, sent })
      while (samples.length > 2 && now - (samples[0]?.at ?? now) > 6000) samples.shift()
    },
    secondsFor(bytes) {
      const [first, last] = [samples[0], samples.at(-1)]
      if (!first || !last || last.at - first.at < 800 || last.sent <= first.sent) return null
      return bytes / ((last.sent - first.sent) / ((last.at - first.at) / 1000))
    },
  }
}
