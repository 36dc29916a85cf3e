/** Folder: what of a folder is sent to be trained on, and what is left out. */
import type { Folder } from '../lib/folders'
import { count, plural } from '../lib/format'

/** As training reads them (gpu_service/training/data/names.py). */
const ENDINGS = ['.png', '.jpg', '.jpeg', '.webp', '.bmp']
const LABELS = 'dataset.json'
const NAMED = 3

export interface Picked {
  /** "portraits.zip" */
  name: string
  /** In the order of their paths, so that the same folder is the same zip; dataset.json first. */
  files: Folder['files']
  pictures: number
  hasLabels: boolean
  /** Paths of what training does not read. */
  left: string[]
}

/** The pictures of a folder and its labels, which lie at its top or, where all is in one folder more, at the top of that. */
export function pickPictures(folder: Folder): Picked {
  const top = topOf(folder.files.map(({ path }) => path))
  const all = folder.files.map(({ path, file }) => ({ path: path.slice(top.length), file })).toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const pictures = all.filter(({ path, file }) => file.size > 0 && ENDINGS.some((ending) => path.toLowerCase().endsWith(ending)))
  const labels = all.filter(({ path }) => path === LABELS)
  const taken = new Set([...labels, ...pictures])
  const left = all.filter((one) => !taken.has(one)).map(({ path }) => path)
  return { name: `${folder.name || 'pictures'}.zip`, files: [...labels, ...pictures], pictures: pictures.length, hasLabels: labels.length > 0, left }
}

/** The folders that all paths share in front: "", "portraits/". */
function topOf(paths: readonly string[]): string {
  const [first] = paths
  const shared = first?.includes('/') ? first.slice(0, first.indexOf('/') + 1) : ''
  if (shared === '' || !paths.every((path) => path.startsWith(shared))) return ''
  return shared + topOf(paths.map((path) => path.slice(shared.length)))
}

/** "2 files are no pictures and were left out: notes.txt, a.psd." or null. */
export function leftWords(left: readonly string[]): string | null {
  if (left.length === 0) return null
  const more = left.length > NAMED ? ` and ${count(left.length - NAMED)} more` : ''
  return `${plural(left.length, 'file')} ${left.length === 1 ? 'is no picture that training reads and was' : 'are no pictures that training reads and were'} left out: ${left.slice(0, NAMED).join(', ')}${more}.`
}
