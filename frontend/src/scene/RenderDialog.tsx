/** Render film: how much of the track, in which quality and size; then it is on its way. */
import { useState } from 'react'
import { clock, count, duration, framesPerSecond, pictureSize } from '../lib/format'
import { address } from '../lib/page'
import { ChoiceField, TextField } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { toast, toastFault } from '../parts/toasts'
import { post } from '../wire/api'
import { refresh } from '../wire/query'
import type { Render, Scene } from '../wire/types'
import type { Loop } from '../widgets/player'

type Range = 'whole' | 'selection' | 'first'
type Wanted = 'film' | 'debug'

interface RenderDialogProps {
  scene: Scene
  durationSeconds: number
  selection: Loop | null
  /** Frames a second that the preview is drawn at, and its pixels: for an estimate. */
  speed: { framesPerSecond: number; pixels: number } | null
  serviceAttached: boolean
  /** Edits that must be saved first. */
  onClose: () => void
}

const FIRST_SECONDS = 10
const WAITS = 'No render service is attached. It waits and starts by itself when one is.'

export function RenderDialog({ scene, durationSeconds, selection, speed, serviceAttached, onClose }: RenderDialogProps) {
  const [range, setRange] = useState<Range>(selection ? 'selection' : 'whole')
  const [seconds, setSeconds] = useState(String(Math.min(FIRST_SECONDS, Math.floor(durationSeconds) || FIRST_SECONDS)))
  const [quality, setQuality] = useState<'draft' | 'final'>('final')
  const [size, setSize] = useState('film')
  const [name, setName] = useState('')
  const [wanted, setWanted] = useState<Wanted>('film')
  const [isBusy, setBusy] = useState(false)
  const [width, height] = sizeOf(scene, size)
  const length = lengthOf(range, Number(seconds), selection, durationSeconds)
  const frames = Math.ceil(length * framesPerSecond(scene.fps))
  const wrong = range === 'first' && !(Number(seconds) > 0 && Number(seconds) <= durationSeconds) ? `Write a number from 1 to ${Math.floor(durationSeconds)}.` : null
  const refused = (fault: unknown): void => {
    setBusy(false)
    toastFault(fault)
  }
  const sendDebug = (): void => {
    setBusy(true)
    post<{ name: string }>(`/scenes/${scene.id}/debug-films`, { range: rangeOrder(range, Number(seconds), selection) })
      .then(({ name: made }) => {
        void refresh('debug_films')
        toast(`“${made}” is on its way.`, { more: serviceAttached ? '' : WAITS, action: { label: 'Renders', act: () => window.location.assign(address.place('renders')) } })
        onClose()
      })
      .catch(refused)
  }
  const send = (): void => {
    if (wanted === 'debug') return sendDebug()
    setBusy(true)
    post<Render>(`/scenes/${scene.id}/renders`, { ...(name.trim() ? { name: name.trim() } : {}), range: rangeOrder(range, Number(seconds), selection), quality, width, height })
      .then((render) => {
        void refresh('renders')
        toast(`“${render.name}” is on its way.`, { more: serviceAttached ? '' : WAITS, action: { label: 'Open', act: () => window.location.assign(address.render(render.id)) } })
        onClose()
      })
      .catch(refused)
  }
  return (
    <FormDialog title={`Render “${scene.name}”?`} act="Render" isOpen isBusy={isBusy} reason={wrong} onClose={onClose} onSend={send}>
      <ChoiceField label="What" value={wanted} onChange={(value) => setWanted(value as Wanted)} choices={[{ value: 'film', label: 'The film' }, { value: 'debug', label: 'A debug film' }]}
        hint={wanted === 'debug' ? 'The picture beside plots of every signal that moves it, with the sound.' : undefined} />
      <ChoiceField label="How much" value={range} onChange={(value) => setRange(value as Range)} choices={[
        { value: 'whole', label: `Whole track, ${clock(durationSeconds, 0)}` },
        ...(selection ? [{ value: 'selection', label: `Loop selection, ${clock(selection.from)} to ${clock(selection.to)}` }] : []),
        { value: 'first', label: 'The first seconds' },
      ]} />
      {range === 'first' && <TextField label="Seconds" inputMode="decimal" value={seconds} wrong={wrong} onChange={setSeconds} />}
      {wanted === 'film' && <><ChoiceField label="Quality" value={quality} onChange={(value) => setQuality(value as 'draft' | 'final')} choices={[{ value: 'final', label: 'Final' }, { value: 'draft', label: 'Draft' }]}
        hint={quality === 'draft' ? 'Quicker to encode, in the same pictures.' : 'The best that the encoder gives.'} />
      <ChoiceField label="Size" value={size} onChange={setSize} choices={sizeChoices(scene)} />
      <TextField label="Name" placeholder={scene.name} value={name} maxLength={255} onChange={setName} /></>}
      <p className="soft xs num" data-estimate>{estimate(frames, width * height, speed)}</p>
    </FormDialog>
  )
}

function sizeOf({ width, height }: Scene, size: string): [number, number] {
  const share = size === 'film' ? 1 : Number(size)
  return [even(width * share), even(height * share)]
}

const even = (side: number): number => Math.max(16, Math.round(side / 2) * 2)

function sizeChoices(scene: Scene): { value: string; label: string }[] {
  return [['film', 'Size of the film'], ['0.5', 'Half'], ['0.25', 'Quarter']].map(([value = 'film', label]) => ({ value, label: `${label}, ${pictureSize(...sizeOf(scene, value))}` }))
}

function lengthOf(range: Range, seconds: number, selection: Loop | null, whole: number): number {
  if (range === 'first') return Math.min(whole, seconds || 0)
  return range === 'selection' && selection ? selection.to - selection.from : whole
}

function rangeOrder(range: Range, seconds: number, selection: Loop | null) {
  if (range === 'selection' && selection) return { kind: 'selection', start_seconds: selection.from, end_seconds: selection.to }
  return range === 'first' ? { kind: 'first', end_seconds: seconds } : { kind: 'whole' }
}

/** "1,843 frames, about 3 min at the speed of the preview." */
export function estimate(frames: number, pixels: number, speed: { framesPerSecond: number; pixels: number } | null): string {
  if (!speed || speed.framesPerSecond < 0.5) return `${count(frames)} frames.`
  const seconds = (frames / speed.framesPerSecond) * (pixels / speed.pixels)
  return `${count(frames)} frames, about ${duration(seconds >= 90 ? Math.round(seconds / 60) * 60 : seconds)} at the speed of the preview.`
}
