/** Kinds: what may be sent to the studio, and how it is named. */
import { projectId } from '../lib/page'
import type { UploadKind } from './uploads'

export const SOUND_FILES = 'a WAV, MP3, FLAC, OGG, Opus, M4A or AIFF file'
export const SNAPSHOT_FILES = 'a .pkl, .pt, .pth or .safetensors file of a StyleGAN network'

export function trackKind(): UploadKind {
  return {
    kind: 'track',
    project: projectId(),
    endings: ['.wav', '.wave', '.mp3', '.flac', '.ogg', '.oga', '.opus', '.m4a', '.mp4', '.aac', '.aif', '.aiff', '.aifc'],
    wanted: SOUND_FILES,
  }
}

/** A part of a track, named by `name` or else by its file. */
export function stemKind(track: string, name: string): UploadKind {
  return { ...trackKind(), kind: 'stem', extra: { track, ...(name ? { stem: name } : {}) } }
}

/** Into a network of its own, or, with `network`, beside the snapshots of that one. */
export function snapshotKind(network?: string): UploadKind {
  return { kind: 'snapshot', project: projectId(), endings: ['.pkl', '.pt', '.pth', '.safetensors'], wanted: SNAPSHOT_FILES, isHashed: true, ...(network ? { extra: { network_id: network } } : {}) }
}

export const PORTRAIT_FILES = 'a JPEG, PNG, TIFF, WebP or HEIC picture, or a zip of them'
const PICTURES = ['.jpg', '.jpeg', '.png', '.tif', '.tiff', '.webp', '.heic', '.heif', '.bmp', '.gif']

/** Pictures into a dataset, and zips of them. */
export function portraitKind(dataset: string): UploadKind {
  const shared = { project: projectId(), wanted: PORTRAIT_FILES, extra: { dataset } }
  return { ...shared, kind: 'portrait', endings: PICTURES, isHashed: true, others: [{ ...shared, kind: 'portraits_archive', endings: ['.zip'] }] }
}

export const TRAINING_FILES = 'a folder or a zip of PNG or JPEG pictures'

/** Pictures to train on, in the form that StyleGAN2 and 3 read: a zip, with dataset.json where there are labels. A folder is packed first. */
export function trainingKind(onFolder?: UploadKind['onFolder']): UploadKind {
  return { kind: 'training_pictures', project: projectId(), endings: ['.zip'], wanted: TRAINING_FILES, ...(onFolder ? { onFolder } : {}) }
}

export const TARGET_FILES = 'a video (MP4, MOV, MKV, WebM, AVI) or a picture (JPEG, PNG, WebP, BMP)'
const VIDEOS = ['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi']

/** What is to be found again in a network: a video or a picture. */
export function targetKind(): UploadKind {
  return { kind: 'projection_target', project: projectId(), endings: [...VIDEOS, '.jpg', '.jpeg', '.png', '.webp', '.bmp'], wanted: TARGET_FILES }
}

/** A projection that somebody has as a file: GANce's layout, one HDF5. */
export function projectionKind(): UploadKind {
  return { kind: 'projection', project: projectId(), endings: ['.hdf5', '.h5'], wanted: 'a projection as an HDF5 file' }
}
