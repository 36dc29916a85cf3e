/** Versions: a fixed list of portraits with one recipe for cutting them, and the files made of it. */
import { count } from '../lib/format'
import { post } from '../wire/api'
import type { components } from '../wire/schema'
import type { Job } from '../wire/types'
import type { SelectionBody } from './selection'

type Schemas = components['schemas']

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
  /** Null until it is made, as is `bytes`. */
  url: string | null
  bytes: number | null
  job: Job | null
}

export type Version = Omit<Schemas['VersionOut'], 'recipe' | 'exports' | 'job'> & { recipe: Recipe; exports: VersionExport[]; job: Job | null }
export type VersionDiff = Schemas['DiffOut']
export type CropPreview = Schemas['PreviewOut']

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
  const words = (reason: string): string => `${reason.charAt(0).toLowerCase()}${reason.slice(1).replace(/\.$/, '')}`
  return left.map((one) => `${words(one.reason)} (${count(one.count)})`).join(', ')
}

export const exportNames: Record<ExportKind, { title: string; about: string }> = {
  zip: { title: 'Zip for training', about: 'PNG pictures and dataset.json, as StyleGAN2 and 3 read them' },
  folder: { title: 'Folder', about: 'The same pictures as plain files in a tar, and which original each is from' },
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

export type FaceFilterAnswer = Schemas['FaceFilterOut']

export interface FaceFilterOrder {
  target: number
  neighbours: number
  seed: number
  selection?: SelectionBody
  apply?: 'pick'
}

export function faceFilter(dataset: string, order: FaceFilterOrder): Promise<FaceFilterAnswer> {
  return post<FaceFilterAnswer>(`/datasets/${dataset}/face-filter`, order)
}
