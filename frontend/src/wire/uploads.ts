/**
 * Uploads: files on their way to the studio, by tus: pieces of 4 MiB, several files at once, going on where they stopped
 * after a break, a pause or a reload. The rows are a store; parts/Uploader.tsx shows them.
 */
import { newId } from '../lib/new_id'
import type * as tus from 'tus-js-client'
import type { Folder } from '../lib/folders'
import { fileSize } from '../lib/format'
import { createStore } from '../lib/store'
import { csrfToken, errorFrom, get, remove, sentenceOf } from './api'
import { forgetFile, keepFile, keptFiles } from './kept_files'
import { createSpeed, type Speed } from './speed'
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
  /** The studio had these very bytes already; nothing was sent. */
  isKnown?: boolean
  /** Being compared with what the studio has; nothing is sent yet. */
  isHashing?: boolean
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
  /** Further kinds that take files of other endings dropped at the same place. */
  others?: readonly UploadKind[]
  /** Tell the content's SHA-256 before sending, so that what is there already need not be sent. */
  isHashed?: boolean
  /** Takes the files instead of sending them, where it must be asked first where they belong. */
  onFiles?: (files: readonly File[]) => void
  /** Takes a folder as a whole instead of its files one by one. */
  onFolder?: (folder: Folder) => void
}

export const uploads = createStore<readonly UploadRow[]>([])

const PIECE = 4 * 1024 * 1024
const AT_ONCE = 3
/** A drop of more files is not copied into the browser: after a reload one drops it again, and what is there is known. */
const MOST_KEPT = 100
const WAITS = [0, 1000, 2000, 4000, 8000, 15_000, 15_000, 30_000, 30_000, 30_000, 60_000, 60_000]

interface Sending {
  file: File
  /** Null until it is first sent. */
  upload: tus.Upload | null
  kind: UploadKind
  fingerprint: string
  speed: Speed
}

const sendings = new Map<string, Sending>()
const fingerprints = new Set<string>()
/** Uploads whose content the studio has confirmed in its last answer. */
const confirmed = new Set<string>()
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
  if (file.size === 0) return `“${file.name}” is empty. Choose ${kind.wanted}.`
  const name = file.name.toLowerCase()
  if (kind.endings.some((ending) => name.endsWith(ending))) return null
  return `“${file.name}” is not of a kind that is read here. Choose ${kind.wanted}.`
}

/** The kind that takes this file, by its ending. */
export function kindFor(file: Pick<File, 'name'>, kind: UploadKind): UploadKind {
  const name = file.name.toLowerCase()
  return [kind, ...(kind.others ?? [])].find((one) => one.endings.some((ending) => name.endsWith(ending))) ?? kind
}

export function addFiles(files: Iterable<File>, kind: UploadKind): void {
  const all = [...files]
  if (kind.onFiles) {
    kind.onFiles(all)
    return
  }
  const isKept = all.length <= MOST_KEPT
  const rows = all.flatMap((file) => rowFor(file, kindFor(file, kind), isKept) ?? [])
  // A row that waited for this very file gives way to it.
  const isReplaced = (one: UploadRow): boolean => one.state === 'missing' && rows.some((row) => row.name === one.name && row.size === one.size)
  uploads.set((now) => [...now.filter((one) => !isReplaced(one)), ...rows])
  next()
}

function rowFor(file: File, kind: UploadKind, isKept: boolean): UploadRow | null {
  const fingerprint = fingerprintOf(file, kind)
  if (fingerprints.has(fingerprint)) return null
  const id = newId()
  const refusal = refusalOf(file, kind)
  if (refusal === null) {
    fingerprints.add(fingerprint)
    sendings.set(id, { file, kind, fingerprint, speed: createSpeed(), upload: null })
    if (isKept) void keepFile({ fingerprint, file, project: kind.project, kind: kind.kind, extra: kind.extra ?? {} })
  }
  return {
    id, name: file.name, size: file.size, sent: 0, kind: kind.kind, error: refusal ?? '',
    state: refusal ? 'refused' : 'waiting', secondsLeft: null, resultUrl: null,
  }
}

/** What sends is fetched where somebody may send; pages open without it. */
const library = (): Promise<typeof tus> => import('tus-js-client')

/** Null where it cannot be sent; the row says why. */
async function uploadOf(id: string, sending: Sending): Promise<tus.Upload | null> {
  if (sending.upload) return sending.upload
  try {
    const { Upload } = await library()
    return (sending.upload ??= makeUpload(Upload, id, sending))
  } catch {
    refuse(id, 'The part of the page that sends files could not be fetched. Reload the page, then send it again.')
    return null
  }
}

function makeUpload(Upload: typeof tus.Upload, id: string, { file, fingerprint, kind }: Sending): tus.Upload {
  return new Upload(file, {
    endpoint: '/api/v1/uploads',
    chunkSize: PIECE,
    retryDelays: WAITS,
    removeFingerprintOnSuccess: true,
    fingerprint: () => Promise.resolve(fingerprint),
    metadata: { filename: file.name, filetype: file.type, project: kind.project, kind: kind.kind, ...kind.extra, ...(kind.kind === 'portrait' ? { written_at: new Date(file.lastModified).toISOString() } : {}) },
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
    onAfterResponse: (_request, response) => {
      if (response.getHeader('Phosphene-Receipt')) confirmed.add(id)
    },
    onError: (fault) => {
      // Known content is answered with a receipt and no address to send to, which tus takes for a fault.
      if (confirmed.has(id)) finish(id, { isKnown: true, sent: file.size })
      else refuse(id, sentenceOfFault(fault))
    },
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

/** The row is told its end, and the next one may begin. */
function end(id: string, part: Partial<UploadRow>): void {
  const sending = sendings.get(id)
  change(id, { secondsLeft: null, ...part })
  if (sending) {
    void forgetFile(sending.fingerprint)
    fingerprints.delete(sending.fingerprint)
  }
  sendings.delete(id)
  confirmed.delete(id)
  next()
}

function refuse(id: string, error: string): void {
  end(id, { state: 'refused', error })
}

function finish(id: string, part: Partial<UploadRow>): void {
  end(id, { state: 'done', ...part })
  const row = rowOf(id)
  if (row) for (const handler of arrivals) handler(row)
}

/** The whole file is there: what the studio made of it decides whether it stays. */
async function arrive(id: string): Promise<void> {
  const sent = rowOf(id)?.size ?? 0
  if (confirmed.has(id)) {
    finish(id, { sent })
    return
  }
  const sending = sendings.get(id)
  change(id, { state: 'checking', sent, secondsLeft: null })
  try {
    const path = new URL(sending?.upload?.url ?? '', window.location.href).pathname
    const answer = await untilDecided(path)
    if (answer.error) refuse(id, answer.error)
    else finish(id, { resultUrl: answer.result_url })
  } catch (fault) {
    refuse(id, sentenceOf(fault))
  }
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
  const upload = await uploadOf(id, sending)
  if (!upload) return
  if (sending.kind.isHashed) await addHash(id, sending.file, upload)
  const [earlier] = await upload.findPreviousUploads()
  if (earlier) upload.resumeFromPreviousUpload(earlier)
  if (rowOf(id)?.state === 'sending') upload.start()
}

/** Without a hash the studio finds out by itself what it knows, once the file is there. */
async function addHash(id: string, file: File, upload: tus.Upload): Promise<void> {
  if (upload.options.metadata?.sha256) return
  change(id, { isHashing: true })
  const sha256 = await import('./hash').then(({ hashOfFile }) => hashOfFile(file), () => null)
  change(id, { isHashing: false })
  if (sha256 !== null) upload.options.metadata = { ...upload.options.metadata, sha256 }
}

export function pauseUpload(id: string): void {
  change(id, { state: 'paused', secondsLeft: null })
  void sendings.get(id)?.upload?.abort(false)
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
  if (sending) fingerprints.delete(sending.fingerprint)
  uploads.set((now) => now.filter((one) => one.id !== id))
  next()
  if (sending) {
    void forgetFile(sending.fingerprint)
    await sending.upload?.abort(true).catch(() => undefined)
  } else if (row?.state === 'missing') {
    await remove(`/uploads/${id}`)
  }
}

function withoutAsking({ onFiles: _onFiles, ...kind }: UploadKind): UploadKind {
  return kind
}

/** After a reload: goes on with what the browser kept, and lists what waits for its file. */
export async function takeUpAgain(kind: UploadKind): Promise<void> {
  // There when it is needed, should the connection be gone by then.
  library().catch(() => undefined)
  for (const kept of await keptFiles(kind.project)) {
    if (kept.kind === kind.kind) addFiles([kept.file], { ...withoutAsking(kind), extra: kept.extra })
  }
  const unfinished = await get<Items<UploadState>>(`/projects/${kind.project}/uploads`).catch(() => ({ items: [] }))
  const known = uploads.get()
  const missing = unfinished.items
    .filter((one) => one.offset < one.size && (one.kind ?? kind.kind) === kind.kind)
    .filter((one) => !known.some((row) => row.name === one.name && row.size === one.size))
    .map((one): UploadRow => ({
      id: one.id, name: one.name, size: one.size, sent: one.offset, kind: kind.kind, state: 'missing', secondsLeft: null, resultUrl: null,
      error: `Choose “${one.name}” again; the upload goes on at ${fileSize(one.offset)}.`,
    }))
  uploads.set((now) => [...now, ...missing])
}
