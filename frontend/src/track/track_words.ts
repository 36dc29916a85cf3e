/** What is said about a track: why something is not there yet, and its facts in one line. */
import type { Track } from '../wire/types'

const WAITING: Record<Track['state'], string> = {
  uploaded: 'Waits to be read',
  decoding: 'Being read',
  analysing: 'Being analysed',
  ready: 'Not in this analysis. Analyse the track again.',
  failed: 'The analysis failed',
}

export function missingReason(track: Track): string {
  return WAITING[track.state]
}

const CHANNELS: Record<number, string> = { 1: 'Mono', 2: 'Stereo' }

/** "Stereo, 48 kHz, −9.2 LUFS". */
export function soundDetail({ channels, sample_rate, lufs }: Track): string {
  const parts = [
    channels ? (CHANNELS[channels] ?? `${channels} channels`) : '',
    sample_rate ? `${Number((sample_rate / 1000).toFixed(2))} kHz` : '',
    lufs !== null && lufs !== undefined ? `${lufs < 0 ? '−' : ''}${Math.abs(lufs).toFixed(1)} LUFS` : '',
  ]
  return parts.filter(Boolean).join(', ')
}
