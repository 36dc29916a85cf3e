/** Versions: a fixed list of portraits with one recipe for cutting them, and the files made of it. */
import { count } from '../lib/format'
import { post } from '../wire/api'
import type { SelectionBody } from './selection'

export interface Recipe {
  crop: 'centre' | 'face' | 'ffhq'
  /** Room around the face, as a share of its side. */
  margin: number
  aspect: 'square' | 'keep'
  size: number
  resampling: 'lanczos' | 'area' | 'bicubic'
}

export type ExportKind = 'zip' | 'folder' | 'tfrecord'

export interface LeftOut {
  reason: string
  count: number
}

export interface VersionExport {
  kind: ExportKind
  job_id: string | null
  is_ready?: boolean
  url?: string | null
  bytes?: number | null
}

export interface Version {
  id: string
  dataset_id: string
  number: number
  name: string
  note: string
  recipe: Recipe
  query: Record<string, unknown>
  count: number
  left_out: LeftOut[]
  fingerprint: string
  job_id: string | null
  is_frozen: boolean
  exports: VersionExport[]
  created_by: string | null
  created_at: string
}

export interface VersionDiff {
  added: number
  removed: number
  recut: number
  same: number
  samples: Record<string, { id?: number; thumb_url?: string | null }[]>
}

export interface CropPreview {
  /** Pictures as data addresses. */
  samples: { id: number; data: string }[]
  left_out: LeftOut[]
}

export const plainRecipe: Recipe = { crop: 'face', margin: 0.6, aspect: 'square', size: 1024, resampling: 'lanczos' }

export const sizes = [64, 128, 256, 512, 1024, 2048] as const

export const cropNames: Record<Recipe['crop'], string> = { centre: 'Centre', face: 'Face', ffhq: 'FFHQ' }

/** "FFHQ 1024", "face 512, whole picture". */
export function recipeWords({ crop, aspect, size }: Pick<Recipe, 'crop' | 'aspect' | 'size'>): string {
  if (crop === 'ffhq') return `FFHQ ${size}`
  if (aspect === 'keep') return `whole picture ${size}`
  return crop === 'face' ? `face square ${size}` : `square ${size}`
}

/** "v3, FFHQ 1024". */
export function versionTitle(version: Pick<Version, 'number' | 'name' | 'recipe'>): string {
  return `v${version.number}, ${version.name || recipeWords(version.recipe)}`
}

export function leftOutWords(left: readonly LeftOut[]): string {
  return left.map((one) => `${count(one.count)} ${one.reason.charAt(0).toLowerCase()}${one.reason.slice(1).replace(/\.$/, '')}`).join(', ')
}

export const exportNames: Record<ExportKind, { title: string; about: string }> = {
  zip: { title: 'Zip for training', about: 'PNG pictures and dataset.json, as StyleGAN2 and 3 read them' },
  folder: { title: 'Folder', about: 'The same pictures as a plain folder, zipped' },
  tfrecord: { title: 'TFRecord', about: 'For StyleGAN1 and 2 of TensorFlow' },
}

export function freeze(dataset: string, body: { selection: SelectionBody; name: string; note: string; recipe: Recipe }): Promise<Version> {
  return post<Version>(`/datasets/${dataset}/versions`, body)
}

export function previewCrops(dataset: string, body: { selection: SelectionBody; recipe: Recipe; seed: number }): Promise<CropPreview> {
  return post<CropPreview>(`/datasets/${dataset}/versions/preview`, body)
}

export function makeExport(version: string, kind: ExportKind): Promise<unknown> {
  return post(`/versions/${version}/exports`, { kind })
}

export interface FaceFilterAnswer {
  with_faces: number
  neighbours: number
  random: number
  skipped: LeftOut[]
  ids_count: number
  batch_id?: number | null
  view_id?: string | null
}

export interface FaceFilterOrder {
  target: number
  neighbours: number
  seed: number
  selection?: SelectionBody
  apply?: 'pick' | 'view'
}

export function faceFilter(dataset: string, order: FaceFilterOrder): Promise<FaceFilterAnswer> {
  return post<FaceFilterAnswer>(`/datasets/${dataset}/face-filter`, order)
}
