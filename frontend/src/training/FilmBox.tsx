/** The sheet of fixed vectors, large, and beneath it the film of how it grew: play, a slider over the snapshots, where it stands. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useCommands, withKey } from '../lib/keys'
import { useWidget } from '../lib/widget'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { steppedBy } from './film'
import { createFilmStage, type FilmStage } from './film_stage'
import type { FilmState } from './use_film'
import type { Run, Sample } from './wire'
import { kimgWords } from './words'

interface FilmBoxProps {
  run: Run
  samples: readonly Sample[]
  film: FilmState
}

export function FilmBox({ run, samples, film }: FilmBoxProps) {
  const well = useRef<HTMLDivElement>(null)
  const many = samples.length
  const step = (key: string) => (): void => film.go(steppedBy(film.place, key, many) ?? film.place)
  useCommands(many > 0 ? [
    { id: 'sheet.play', title: 'Play how it grew', group: 'Sheet', key: 'Space', run: film.toggle },
    { id: 'sheet.back', title: 'Snapshot before', group: 'Sheet', key: 'ArrowLeft', run: step('ArrowLeft') },
    { id: 'sheet.on', title: 'Snapshot after', group: 'Sheet', key: 'ArrowRight', run: step('ArrowRight') },
    { id: 'sheet.first', title: 'First snapshot', group: 'Sheet', key: 'Home', run: step('Home') },
    { id: 'sheet.last', title: 'Newest snapshot', group: 'Sheet', key: 'End', run: step('End') },
    { id: 'sheet.large', title: 'Full screen', group: 'Sheet', key: 'f', run: () => fillScreen(well.current) },
  ] : [])
  return (
    <>
      <div className="stage sheetstage" ref={well} data-region="stage">
        {many > 0 ? <Sheet samples={samples} place={film.place} at={film.at} name={run.name} /> : <FirstWords run={run} />}
        {many > 0 && <div className="row tight stagetools not-phone"><IconButton kind="plain" small icon="grow" label={withKey('Full screen', 'sheet.large')} onClick={() => fillScreen(well.current)} /></div>}
      </div>
      <div className="filmbar sheetbar" data-region="transport">
        <button type="button" className="play" aria-label={film.isPlaying ? 'Pause (Space)' : 'Play how it grew (Space)'} aria-disabled={many < 2} title={many < 2 ? 'It plays from the second snapshot on.' : undefined} onClick={film.toggle}>
          <Icon name={film.isPlaying ? 'pause' : 'play'} />
        </button>
        <span className="num strong nowrap sheetnow" role="status">{many > 0 ? `kimg ${kimgWords(samples[film.at]?.kimg ?? 0)}` : 'No sheet yet'}</span>
        {many > 1 ? <Scrub samples={samples} film={film} /> : <span className="grow" />}
        {many > 0 && <span className="num faint nowrap not-phone">{film.at + 1} of {many}</span>}
      </div>
    </>
  )
}

function fillScreen(well: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen()
  else void well?.requestFullscreen()
}

function Sheet({ samples, place, at, name }: { samples: readonly Sample[]; place: number; at: number; name: string }) {
  const stage = useRef<FilmStage | null>(null)
  const [shape, setShape] = useState<number | null>(null)
  const box = useWidget<HTMLDivElement>((scope, parent) => {
    stage.current = createFilmStage(scope, parent)
    stage.current.onShape(setShape)
    scope.add(() => (stage.current = null))
  }, [])
  const urls = samples.map((one) => one.grid_url ?? '').join(' ')
  useEffect(() => stage.current?.setPictures(urls.split(' ')), [urls])
  useEffect(() => stage.current?.show(place), [place, urls])
  const kimg = kimgWords(samples[at]?.kimg ?? 0)
  return <div className="sheet" ref={box} data-sheet={kimg} role="img" aria-label={`Sheet of ${name} at kimg ${kimg}`} style={shape ? { aspectRatio: String(shape), '--shape': shape } as React.CSSProperties : undefined} />
}

/** A slider over the snapshots. The hand sees what lies between two of them; let go, it stands at the nearest. */
function Scrub({ samples, film }: { samples: readonly Sample[]; film: FilmState }) {
  const last = samples.length - 1
  const press = (event: KeyboardEvent): void => {
    const next = steppedBy(film.place, event.key, samples.length)
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    film.go(next)
  }
  const settle = (): void => film.go(film.at)
  return (
    <div className="scrub grow">
      <input type="range" className="range grow" min={0} max={last} step={0.01} value={film.place} style={{ '--v': film.place / last } as React.CSSProperties}
        aria-label="Snapshot" aria-valuetext={`kimg ${kimgWords(samples[film.at]?.kimg ?? 0)}, snapshot ${film.at + 1} of ${samples.length}`}
        onChange={(event) => film.go(Number(event.target.value))} onPointerUp={settle} onKeyDown={press} />
      {samples.length <= 60 && <div className="scrubticks" aria-hidden="true">{samples.map((one, at) => <i key={one.kimg} className={at === film.at ? 'on' : ''} style={{ left: `${(100 * at) / last}%` }} />)}</div>}
    </div>
  )
}

const first: Record<Run['state'], string> = {
  waiting: 'The sheet appears with the first snapshot, at its very beginning.',
  starting: 'The network is being built. Its first sheet comes in a moment.',
  training: 'The first sheet comes with the first snapshot.',
  yielding: 'The first sheet comes with the first snapshot.',
  paused: 'It was paused before its first snapshot.',
  stopped: 'It was stopped before its first snapshot.',
  done: 'It ended without a snapshot.',
  failed: 'It ended before its first snapshot.',
}

function FirstWords({ run }: { run: Run }) {
  return <div className="soft firstsheet">{first[run.state]}</div>
}
