/** Facts: what the camera did, from its own side-car where there is one, else from the file's EXIF. */
import type { PortraitFacts } from './wire'

/** 0.008 → "1/125 s", 0.6 → "0.6 s". */
export function shutterWords(seconds: number): string {
  return seconds > 0 && seconds < 0.4 ? `1/${Math.round(1 / seconds)} s` : `${Number(seconds.toFixed(1))} s`
}

function number(value: unknown): number | null {
  const read = typeof value === 'string' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : null
}

export function cameraFacts(facts: PortraitFacts | undefined): [string, string][] {
  const [camera, exif] = [facts?.camera ?? {}, facts?.exif ?? {}]
  const rows: [string, string][] = []
  const shutter = number(camera.shutter_us)
  const exposure = shutter === null ? number(exif.ExposureTime) : shutter / 1e6
  if (exposure) rows.push(['Shutter', shutterWords(exposure)])
  const iso = number(camera.iso) ?? number(exif.ISOSpeedRatings) ?? number(exif.PhotographicSensitivity)
  const [red, blue] = [number(camera.red_gain), number(camera.blue_gain)]
  const gain = [iso === null ? '' : iso === 0 ? 'ISO automatic' : `ISO ${iso}`, red === null ? '' : `red ${red}`, blue === null ? '' : `blue ${blue}`].filter(Boolean).join(', ')
  if (gain) rows.push(['Gain', gain])
  const aperture = number(exif.FNumber)
  if (aperture) rows.push(['Aperture', `f/${aperture}`])
  const length = number(exif.FocalLength)
  if (length) rows.push(['Focal length', `${Math.round(length)} mm`])
  const model = [exif.Make, exif.Model].filter((one) => typeof one === 'string').join(' ')
  if (model) rows.push(['Camera', model])
  return rows
}
