/** Fates: each file that was sent, from the first byte to the network it went to or the sentence that refused it. */
import { count, fileSize, sentOf, timeLeft } from '../lib/format'
import type { UploadRow } from '../wire/uploads'
import { kindTitle } from './kinds'
import type { Import } from './wire'

export type Stage = 'sending' | 'waiting' | 'reading' | 'kept' | 'known' | 'refused' | 'failed'

export interface Fate {
  key: string
  name: string
  size: number
  stage: Stage
  /** One sentence. */
  words: string
  /** 0 … 1 of what is known; null = under way, nobody knows how far. Absent when nothing moves. */
  share?: number | null
  upload?: UploadRow
  read?: Import
}

const uploadStage: Record<UploadRow['state'], Stage> = {
  waiting: 'waiting', sending: 'sending', paused: 'sending', offline: 'sending', checking: 'reading', done: 'waiting', refused: 'refused', missing: 'waiting',
}

/** Newest first: what is being sent, then what the studio has. `kind` names the uploads that belong here. */
export function fatesOf(sent: readonly UploadRow[], read: readonly Import[], kind = 'snapshot'): Fate[] {
  const sending = sent.filter((row) => row.kind === kind).map(fateOfUpload)
  return [...sending, ...read.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1)).map(fateOfImport)]
}

function fateOfUpload(row: UploadRow): Fate {
  const stage = row.isKnown ? 'known' : uploadStage[row.state]
  const share = row.isHashing ? { share: null } : row.state === 'sending' || row.state === 'paused' || row.state === 'offline' ? { share: row.size > 0 ? row.sent / row.size : 0 } : row.state === 'checking' ? { share: null } : {}
  return { key: `upload-${row.id}`, name: row.name, size: row.size, stage, words: uploadWords(row), upload: row, ...share }
}

function uploadWords(row: UploadRow): string {
  if (row.isKnown) return 'Known already: the studio has these very weights.'
  if (row.isHashing) return 'Being compared with what is here'
  switch (row.state) {
    case 'waiting':
      return 'Waits to be sent'
    case 'sending':
      return sentOf(row.sent, row.size) + (row.secondsLeft === null ? '' : `, ${timeLeft(row.secondsLeft)}`)
    case 'paused':
      return `Paused at ${sentOf(row.sent, row.size)}`
    case 'offline':
      return 'Waiting for the network'
    case 'checking':
      return 'Arrived, being checked'
    case 'done':
      return 'Arrived'
    case 'refused':
    case 'missing':
      return row.error
  }
}

function fateOfImport(one: Import): Fate {
  const shared = { key: `import-${one.id}`, name: one.name, size: one.size_bytes, read: one }
  switch (one.state) {
    case 'waiting':
      return { ...shared, stage: 'waiting', words: one.sentence || 'Waits to be read' }
    case 'reading':
      return { ...shared, stage: 'reading', words: one.sentence || 'Being read', share: null }
    case 'kept':
      return { ...shared, stage: 'kept', words: [one.sentence, ...one.warnings].filter(Boolean).join(' ') }
    case 'known':
      return { ...shared, stage: 'known', words: one.sentence || 'Known already' }
    case 'refused':
    case 'failed':
      return { ...shared, stage: one.state, words: one.sentence }
  }
}

export function isOver(fate: Fate): boolean {
  return fate.stage === 'kept' || fate.stage === 'known' || fate.stage === 'refused' || fate.stage === 'failed'
}

/** "3 kept, 1 refused, 2 on their way": what the table says in one line. */
export function tally(fates: readonly Fate[]): string {
  const many = (...stages: Stage[]): number => fates.filter((one) => stages.includes(one.stage)).length
  const parts: [number, string][] = [[many('kept'), 'kept'], [many('known'), 'known already'], [many('refused'), 'refused'], [many('failed'), 'not read'], [many('sending', 'waiting', 'reading'), 'on the way']]
  return parts.filter(([number]) => number > 0).map(([number, word]) => `${count(number)} ${word}`).join(', ')
}

/** The cells of what has been read: kind, pixels, classes, z and w, kimg. Empty until it is known. */
export function factsOf(fate: Fate): { kind: string; pixels: string; classes: string; dims: string; kimg: string } {
  const one = fate.read
  const kind = one?.kind ? kindTitle({ kind: one.kind, facts: { config: { use_radial_filters: one.use_radial_filters } } }) : ''
  if (!one || one.resolution === null || !one.kind) return { kind, pixels: '', classes: '', dims: '', kimg: '' }
  return {
    kind,
    pixels: `${one.resolution}²`,
    classes: one.num_classes ? count(one.num_classes) : 'none',
    dims: one.z_dim && one.w_dim ? `${one.z_dim}, ${one.w_dim}` : '',
    kimg: one.kimg === null ? '' : one.kimg.toLocaleString('en-US'),
  }
}

/** The same in one line, for narrow pages: "StyleGAN2, 64², no classes, z 128, w 128, kimg 400". */
export function factLine(fate: Fate): string {
  const { kind, pixels, classes, dims, kimg } = factsOf(fate)
  const parts = [kind, pixels, classes && (classes === 'none' ? 'no classes' : `${classes} classes`), dims && `z, w ${dims}`, kimg && `kimg ${kimg}`]
  return [fileSize(fate.size), ...parts].filter(Boolean).join(' · ')
}
