/** Let the detector hear a part of the track alone; what it finds is shown as a proposal beside the grid. */
import { newId } from '../../lib/new_id'
import { toast, toastFault } from '../../parts/toasts'
import { get, post } from '../../wire/api'
import type { components } from '../../wire/schema'
import type { Desk } from '../desk'
import { withPart, type Marker } from './grid_moves'
import type { Proposal } from './grid_tools'

type Found = components['schemas']['FoundOut']

const ASK_EVERY_MS = 500
export const SHORTEST_PART_SECONDS = 4
const CHOOSE = 'Choose a part first: drag over the waveform, or set a loop with [ and ].'

/** The span chosen for looping, or the chosen cue that is one. */
export function chosenPart(desk: Desk): { from: number; to: number } | null {
  const cue = desk.cues.cues.get().find(({ id }) => id === desk.cues.selected.get())
  if (desk.player.loopSelection) return desk.player.loopSelection
  return cue && cue.end_seconds !== null && cue.end_seconds !== undefined ? { from: cue.seconds, to: cue.end_seconds } : null
}

export async function findAnew(desk: Desk, trackId: string): Promise<void> {
  const part = chosenPart(desk)
  const { proposal } = desk.gridTools
  if (!part) return void toast(CHOOSE)
  const base: Proposal = { ...part, share: 0, found: [], markers: [], reason: '' }
  proposal.set(base)
  // Another part, or a hand that leaves it: this one is heard to its end, and forgotten.
  const isMine = (): boolean => proposal.get()?.from === part.from && proposal.get()?.to === part.to
  try {
    const { job_id: job } = await post<{ job_id: string }>(`/tracks/${trackId}/grid/find`, { from_seconds: part.from, to_seconds: part.to })
    while (isMine()) {
      const found = await get<Found>(`/tracks/${trackId}/grid/found/${job}`)
      if (!isMine()) return
      if (found.state === 'done') return proposal.set(proposed(desk, found, base))
      if (found.state === 'failed' || found.state === 'cancelled') return proposal.set({ ...base, share: null, reason: found.error || 'The search was stopped.' })
      proposal.set({ ...base, share: found.share })
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
    }
  } catch (fault) {
    if (isMine()) proposal.set(null)
    toastFault(fault)
  }
}

function proposed(desk: Desk, { markers, no_beats: reason }: Found, base: Proposal): Proposal {
  const found: Marker[] = markers.map((marker) => ({ ...marker, id: newId() }))
  if (!found.length) return { ...base, share: null, reason: reason ?? 'No beats were found.' }
  const whole = withPart(desk.grid.markers.get(), base, found, newId, desk.player.durationSeconds)
  return { ...base, share: null, found, markers: whole }
}
