/** The stage of a scene: the picture in its well, what it waits for, and its figures beneath. */
import { useState, type ReactNode } from 'react'
import { frameRate, pictureSize } from '../lib/format'
import { useCommands, withKey } from '../lib/keys'
import { changePreferences, me } from '../lib/me'
import { useStore } from '../lib/store'
import { Button, IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { Bar } from '../parts/Progress'
import { toast, toastFault } from '../parts/toasts'
import { Tip } from '../parts/Tooltip'
import type { Desk } from '../track/desk'
import type { PreviewStatus } from '../preview/session'
import type { PreviewStats } from '../preview/stats'
import { useServices } from '../shell/live'
import type { Visualizer } from '../wire/types'
import { CurvesPanel } from './curves/CurvesPanel'
import type { Draft } from './draft'
import { heightFor, useFigures, WIDTHS, type PreviewParts } from './use_preview'

interface StageBoxProps {
  draft: Draft
  preview: PreviewParts
  visualizer: Visualizer | undefined
  /** What the curves beside the picture go with. */
  desk?: Desk
  /** Who else is on the track. */
  others?: ReactNode
  /** On a phone only the picture. */
  isSmall?: boolean
}

export function StageBox({ draft, preview, visualizer, desk, others, isSmall = false }: StageBoxProps) {
  const [hasCurves, showCurves] = useCurvesShown()
  const { box, status } = preview
  const isStill = status.state === 'away' || status.state === 'offline' || status.state === 'failed'
  return (
    <div className={`stage preview-stage${isStill ? ' still' : ''}${hasCurves && desk && !isSmall ? ' with-curves' : ''}`} data-region="stage">
      <div className="picture-well" ref={box} data-preview />
      <StageCard preview={preview} visualizer={visualizer} />
      {!isSmall && <Figures draft={draft} preview={preview} />}
      {!isSmall && <StageTools draft={draft} preview={preview} hasCurves={hasCurves} onCurves={() => showCurves(!hasCurves)} others={others} />}
      {!isSmall && desk && hasCurves && <CurvesPanel draft={draft} desk={desk} onClose={() => showCurves(false)} />}
    </div>
  )
}

const CURVES_KEY = 'phosphene.curves'

/** Whether the curves stand beside the picture, kept in this browser. */
function useCurvesShown(): [boolean, (isShown: boolean) => void] {
  const [isShown, setShown] = useState(() => localStorage.getItem(CURVES_KEY) === 'yes')
  const show = (next: boolean): void => {
    localStorage.setItem(CURVES_KEY, next ? 'yes' : 'no')
    setShown(next)
  }
  useCommands([{ id: 'scene.curves', title: 'Curves beside the picture', group: 'Seeing', key: 'Shift+c', run: () => show(!isShown) }])
  return [isShown, show]
}

/** What keeps the picture from moving, and what to do about it. Nothing while it runs. */
function StageCard({ preview, visualizer }: { preview: PreviewParts; visualizer: Visualizer | undefined }) {
  const { status, session, isFollowing } = preview
  const isStarting = useServices()?.state === 'starting'
  if (isFollowing && (status.state === 'running' || status.state === 'paused')) {
    return (
      <div className="stage-foot row xs">
        <span>You look along with {status.notice?.driver_name || 'somebody'}.</span>
        {preview.isMuted && <Button small icon="volume" onClick={preview.turnSoundOn}>Sound on</Button>}
        <Button small onClick={() => session?.takeOver()}>Go my own way</Button>
      </div>
    )
  }
  if (status.state === 'preparing') return <Preparing status={status} visualizer={visualizer} />
  const card = CARDS[status.state]?.(status)
  if (!card) return null
  return (
    <>
      {card.hasScrim && <div className="stage-scrim" />}
      <div className="stage-card" role="status">
        <span className={card.mood}><Icon name={card.icon} size="big" /></span>
        <h2>{card.title}</h2>
        <div className="soft">{status.state === 'waiting' && isStarting ? STARTING_WORDS : card.words}</div>
        {card.again && <div className="row"><Button icon="again" onClick={() => (status.state === 'failed' ? session?.takeOver() : session?.tryNow())}>Try again</Button></div>}
      </div>
    </>
  )
}

interface Card {
  title: string
  words: string
  icon: 'away' | 'alert' | 'machine' | 'wifi' | 'lock'
  mood: string
  hasScrim: boolean
  again?: boolean
}

const AWAY_WORDS = 'This is the last picture it sent. The sound, the cues and every parameter still work, and the preview starts again by itself when the service is back.'

const STARTING_WORDS = 'The render service is starting. The picture begins by itself when it is attached.'

const CARDS: Partial<Record<PreviewStatus['state'], (status: PreviewStatus) => Card>> = {
  away: ({ sentence }) => ({ title: titleOf(sentence) || 'The render service went away', words: AWAY_WORDS, icon: 'away', mood: 'warn', hasScrim: true }),
  waiting: ({ sentence }) => ({ title: 'The preview waits', words: sentence || 'The picture begins by itself when a render service has room.', icon: 'machine', mood: 'faint', hasScrim: false }),
  failed: ({ sentence }) => ({ title: 'The preview stopped', words: sentence || 'The render service gave no reason.', icon: 'alert', mood: 'danger', hasScrim: true, again: true }),
  offline: () => ({ title: 'No connection to the studio', words: 'The sound that is loaded still plays. Changes wait on this page and will be saved.', icon: 'wifi', mood: 'warn', hasScrim: true, again: true }),
  refused: ({ sentence }) => ({ title: 'No preview', words: sentence, icon: 'lock', mood: 'faint', hasScrim: false }),
}

/** The first sentence, without its full stop: "Attic GPU went away at 14:52". */
function titleOf(sentence: string): string {
  return sentence.split('. ')[0]?.replace(/\.$/, '') ?? ''
}

function Preparing({ status: { notice, sentence }, visualizer }: { status: PreviewStatus; visualizer: Visualizer | undefined }) {
  const stage = visualizer?.stages.find((one) => one.name === notice?.stage)?.title ?? notice?.stage
  const share = notice?.progress ?? null
  return (
    <div className="stage-foot col xs" role="status">
      <div className="row"><span className="grow">{stage ? `Preparing: ${stage}` : sentence || 'Preparing the picture'}</span>{share !== null && <span className="num soft">{Math.round(share * 100)} %</span>}</div>
      <Bar share={share} label="Preparing the picture" />
    </div>
  )
}

/** What the preview measures, when somebody wants to know. */
function Figures({ draft, preview }: { draft: Draft; preview: PreviewParts }) {
  const scene = useStore(draft.scene)
  const isOn = useStore(me)?.preferences.figures === true
  const stats = useFigures(preview.session, isOn)
  const toggle = (): void => void changePreferences({ figures: !isOn }).catch(toastFault)
  useCommands([{ id: 'scene.figures', title: 'Figures of the preview', group: 'Seeing', key: 'Shift+f', run: toggle }])
  return (
    <Tip text={withKey(isOn ? 'Hide the figures' : 'Show frame rate, delay and late frames', 'scene.figures')}>
      <button type="button" className="figures xxs num" aria-pressed={isOn} onClick={toggle} data-figures>
        {isOn ? <FigureWords stats={stats} wanted={frameRate(scene.fps)} size={pictureSize(preview.width, heightFor(preview.width, scene))} /> : <span>Figures</span>}
      </button>
    </Tip>
  )
}

export function FigureWords({ stats, wanted, size }: { stats: PreviewStats | null; wanted: string; size: string }) {
  if (!stats || stats.fps === 0) return <><span>{size} preview</span><span>Nothing to measure while the picture stands</span></>
  return (
    <>
      <span>{size} preview</span>
      <span>{stats.fps.toFixed(1)} of {wanted} frames/s</span>
      <span>{Math.max(0, Math.round(stats.delayMs))} ms behind the sound</span>
      <span>{stats.dropped} late</span>
    </>
  )
}

function StageTools({ draft, preview, hasCurves, onCurves, others }: { draft: Draft; preview: PreviewParts; hasCurves: boolean; onCurves: () => void; others: ReactNode }) {
  const scene = useStore(draft.scene)
  const { width, setWidth, status, box, isFollowing } = preview
  const share = (): void => {
    const link = `${location.origin}${location.pathname}?follow=${status.notice?.preview_id ?? ''}`
    navigator.clipboard.writeText(link).then(() => toast('Copied the link. Who opens it looks along with you.'), () => toast(link))
  }
  return (
    <div className="stage-tools row tight">
      {others}
      <Tip text={withKey(hasCurves ? 'Hide the curves' : 'Every signal beside the picture', 'scene.curves')}><button type="button" className={hasCurves ? 'btn small on' : 'btn small'} aria-pressed={hasCurves} onClick={onCurves}><Icon name="route" />Curves</button></Tip>
      {status.notice?.is_driver && <IconButton kind="plain" small icon="people" label="Copy a link to look along" onClick={share} />}
      {!isFollowing && <Menu
        align="end"
        button={<button type="button" className="btn small"><span className="unseen">Size of the preview: </span>{pictureSize(width, heightFor(width, scene))}</button>}
        items={WIDTHS.map((one) => ({ id: String(one), label: pictureSize(one, heightFor(one, scene)), on: one === width, act: () => setWidth(one) }))}
      />}
      <IconButton kind="plain" small icon="grow" label="Full screen" onClick={() => void box.current?.requestFullscreen()} />
    </div>
  )
}
