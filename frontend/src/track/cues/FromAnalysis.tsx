/** Cues from the analysis: choose what, see it on the lane, take it as one step. Between the lanes and the transport. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { clock, count, plural } from '../../lib/format'
import { useStore } from '../../lib/store'
import { useWidget } from '../../lib/widget'
import { Select } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import type { Cue, Hue } from '../../wire/types'
import { chooseMany } from '../../widgets/choose_cues'
import { HUE_CHOICES } from '../../widgets/hues'
import { createThresholdLane, type ThresholdLane } from '../../widgets/threshold_lane'
import type { Desk } from '../desk'
import { useEvents } from '../use_emitter'
import type { Moment } from './from_analysis'
import { answer, answerWords, candidates, curveOf, hasThreshold, levelCurves, MOST_CUES, SOURCES, type Source, type Wish } from './proposals'

const FIRST: Wish = { source: 'onsets', curve: 'bass', every: 1, threshold: 0.5, apartSeconds: 0.05, range: null }

export function FromAnalysis({ desk }: { desk: Desk }) {
  const { sound, cueTools, cues: store } = desk
  const [wish, setWish] = useState<Wish>(FIRST)
  const [look, setLook] = useState<{ label: string; colour: Hue; anchor: Cue['anchor'] }>({ label: '', colour: 'orange', anchor: 'seconds' })
  const [beats, stretches, curves, cues] = [useStore(sound.beats), useStore(sound.stretches), useStore(sound.lanes), useStore(store.cues)]
  const { source, curve: curveName, every } = wish
  const all = useMemo(
    () => candidates({ source, curve: curveName, every }, { beats, stretches, curves: curves ?? [] }),
    [source, curveName, every, beats, stretches, curves],
  )
  const found = useMemo(() => answer(wish, all, cues), [wish, all, cues])
  useEffect(() => {
    cueTools.proposed.set(found.fresh.map(({ seconds, end_seconds }) => ({ seconds, end_seconds, colour: look.colour })))
  }, [cueTools, found, look.colour])
  useEffect(() => () => cueTools.proposed.set([]), [cueTools])
  const close = (): void => cueTools.open.set(null)
  const take = (): void => {
    chooseMany(store, store.addMany(found.fresh.map((one) => valuesOf(one, look)), `Add ${plural(found.fresh.length, 'cue')} from the analysis`))
    close()
  }
  const change = (values: Partial<Wish>): void => setWish((now) => ({ ...now, ...values }))
  return (
    <section className="from-analysis" aria-label="Cues from the analysis" onKeyDown={(event) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      close()
    }}>
      <div className="row wrap">
        <h3>Cues from</h3>
        <Select small autoFocus aria-label="Made from" value={source} choices={SOURCES} onChange={(value) => change({ source: value as Source })} />
        <WishFields desk={desk} wish={wish} change={change} />
        <span className="sep" />
        <input className="field small" aria-label="Name of the new cues" placeholder={source === 'sections' ? 'Letter of the section' : 'Name'} maxLength={200} value={look.label} onChange={(event) => setLook({ ...look, label: event.target.value })} />
        <Select small aria-label="Colour of the new cues" value={look.colour} choices={HUE_CHOICES} onChange={(colour) => setLook({ ...look, colour: colour as Hue })} />
        <Select small aria-label="New cues are kept in" value={look.anchor} choices={[{ value: 'seconds', label: 'In seconds' }, { value: 'beats', label: 'In beats' }]}
          onChange={(anchor) => setLook({ ...look, anchor: anchor as Cue['anchor'] })} />
        <div className="row end tight">
          <span className="num xs soft nowrap" role="status">{answerWords(found, source)}</span>
          <Button small kind="quiet" onClick={close}>Cancel</Button>
          <Button small kind="primary" onClick={take} reason={whyNot(found.fresh.length, cues.length, source)}>Add {plural(found.fresh.length, 'cue')}</Button>
        </div>
      </div>
      {hasThreshold(source) && <Threshold desk={desk} wish={wish} all={all} kept={found.kept} hue={look.colour} onChange={(threshold) => change({ threshold })} />}
    </section>
  )
}

function valuesOf({ seconds, end_seconds, label }: Moment, look: { label: string; colour: Hue; anchor: Cue['anchor'] }) {
  return { seconds, end_seconds, kind: end_seconds === null ? 'moment' as const : 'span' as const, ...look, label: look.label.trim() || label }
}

function whyNot(fresh: number, there: number, source: Source): string | null {
  if (fresh === 0) return hasThreshold(source) ? 'Nothing new is above the line.' : 'There is nothing new to add.'
  return there + fresh > MOST_CUES ? `A track holds ${count(MOST_CUES)} cues, and there are ${count(there)} already.` : null
}

interface WishFieldsProps {
  desk: Desk
  wish: Wish
  change: (values: Partial<Wish>) => void
}

function WishFields({ desk: { sound, player }, wish, change }: WishFieldsProps) {
  useEvents(player.events, 'state')
  const curves = levelCurves(useStore(sound.lanes) ?? [])
  const loop = player.loopSelection
  return (
    <>
      {wish.source === 'peaks' && (
        <Select small aria-label="Curve" value={wish.curve} choices={curves.map(({ name, title, detail }) => ({ value: name, label: detail ? `${title}, ${detail}` : title }))} onChange={(curve) => change({ curve })} />
      )}
      {(wish.source === 'beats' || wish.source === 'downbeats') && (
        <NumberField label="Every" unit={wish.source === 'beats' ? 'beats' : 'bars'} value={wish.every} least={1} isWhole onChange={(every) => change({ every })} />
      )}
      {hasThreshold(wish.source) && (
        <>
          <NumberField label="Above" unit="%" value={Math.round(wish.threshold * 1000) / 10} least={0} most={100} onChange={(percent) => change({ threshold: percent / 100 })} />
          <NumberField label="Apart" unit="ms" value={Math.round(wish.apartSeconds * 1000)} least={0} most={60_000} isWhole onChange={(ms) => change({ apartSeconds: ms / 1000 })} />
        </>
      )}
      {loop && (
        <Select small aria-label="Part of the track" value={wish.range ? 'loop' : 'all'} onChange={(part) => change({ range: part === 'loop' ? loop : null })}
          choices={[{ value: 'all', label: 'Whole track' }, { value: 'loop', label: `${clock(loop.from)} – ${clock(loop.to)}` }]} />
      )}
    </>
  )
}

interface NumberFieldProps {
  label: string
  unit: string
  value: number
  least: number
  most?: number
  isWhole?: boolean
  onChange: (value: number) => void
}

function NumberField({ label, unit, value, least, most = 1000, isWhole = false, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value))
  useEffect(() => setText(String(value)), [value])
  const read = Number(text.replace(',', '.'))
  const isWrong = text.trim() === '' || !Number.isFinite(read) || read < least || read > most || (isWhole && !Number.isInteger(read))
  return (
    <label className="row tight number-field">
      <span className="xs soft">{label}</span>
      <input className={isWrong ? 'field small num wrong' : 'field small num'} inputMode="decimal" aria-invalid={isWrong} value={text}
        onChange={(event) => {
          setText(event.target.value)
          const next = Number(event.target.value.replace(',', '.'))
          if (event.target.value.trim() !== '' && next >= least && next <= most && (!isWhole || Number.isInteger(next))) onChange(next)
        }}
        onBlur={() => setText(String(value))} />
      <span className="xs soft">{unit}</span>
    </label>
  )
}

interface ThresholdProps {
  desk: Desk
  wish: Wish
  all: readonly Moment[]
  kept: readonly Moment[]
  hue: Hue
  onChange: (threshold: number) => void
}

/** The curve with the line over it, as wide as the lanes and under them. */
function Threshold({ desk, wish, all, kept, hue, onChange }: ThresholdProps) {
  const lane = useRef<ThresholdLane | null>(null)
  const change = useRef(onChange)
  useEffect(() => {
    change.current = onChange
  })
  const curve = curveOf(wish, useStore(desk.sound.lanes) ?? [])
  const shown = { curve, hue: `hue-${hue}`, moments: all, kept: new Set(kept.map(({ seconds }) => seconds)), threshold: wish.threshold }
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    lane.current = createThresholdLane(scope, parent, { view: desk.view, onChange: (threshold) => change.current(threshold) })
    lane.current.show(shown)
  }, [desk])
  useEffect(() => lane.current?.show(shown))
  return (
    <div className="threshold-row">
      <div className="lh"><span className="clip grow">{curve ? curve.title : 'Onsets'}</span><IconButton small icon="search" label="The whole track" onClick={() => desk.view.show(0, desk.view.durationSeconds)} /></div>
      <div className="threshold-lane" ref={box} />
    </div>
  )
}
