import { useRef, useState, type RefObject } from 'react'
import { clock, fileSize, percent, when } from '../../lib/format'
import { address, mayEdit } from '../../lib/page'
import { useStore } from '../../lib/store'
import { Dot } from '../../parts/basics'
import { putInBin, RenameDialog } from '../../parts/Bin'
import { IconButton } from '../../parts/Button'
import { Icon } from '../../parts/Icon'
import { Menu, type MenuItem } from '../../parts/Menu'
import { Overview } from '../../parts/Overview'
import { firstName, usePersonOf } from '../../parts/people'
import { shareOf } from '../../parts/Progress'
import { listening, listenTo } from '../../parts/sound'
import { Table, type Column } from '../../parts/Table'
import { toast, toastFault } from '../../parts/toasts'
import { post } from '../../wire/api'
import { refresh } from '../../wire/query'
import type { Job, Track } from '../../wire/types'
import { JoinDialog } from './JoinDialog'

interface TrackTableProps {
  tracks: readonly Track[]
  jobs: readonly Job[]
  scroller?: RefObject<HTMLElement | null>
  /** Among other things on a page: without what only the list of tracks has room for. */
  isShort?: boolean
}

/** The project's tracks: hear, see, and how far each one's analysis is. */
export function TrackTable({ tracks, jobs, scroller, isShort }: TrackTableProps) {
  const [renaming, setRenaming] = useState<Track | null>(null)
  const [joining, setJoining] = useState<Track | null>(null)
  const nowhere = useRef<HTMLElement>(null)
  const personOf = usePersonOf()
  const columns: Column<Track>[] = [
    { id: 'play', title: '', name: 'Play', width: 44, className: 'tight', cell: (track) => <PlayTrack track={track} /> },
    { id: 'name', title: 'Name', by: (track) => track.name, className: 'name', cell: (track) => <TrackName track={track} job={jobs.find((job) => job.id === track.job_id)} /> },
    { id: 'sound', title: 'Sound', width: 200, className: 'not-phone', cell: (track) => <TrackSound track={track} /> },
    { id: 'length', title: 'Length', isNumber: true, className: 'not-phone', by: (track) => track.duration_seconds, cell: (track) => track.duration_seconds === null ? '–' : clock(track.duration_seconds, 0) },
    { id: 'tempo', title: 'Tempo', isNumber: true, className: 'not-phone', by: (track) => track.bpm, cell: (track) => <span className="soft">{track.bpm === null ? '–' : track.bpm.toFixed(2)}</span> },
    ...(isShort ? [] : [{ id: 'key', title: 'Key', className: 'not-phone', by: (track: Track) => track.key || null, cell: (track: Track) => <span className="soft xs">{track.key || '–'}</span> }]),
    { id: 'state', title: 'Analysis', className: 'not-phone', cell: (track) => <TrackState track={track} job={jobs.find((job) => job.id === track.job_id)} /> },
    { id: 'made', title: 'Added', className: 'not-phone roomy', by: (track) => track.created_at, cell: (track) => <span className="soft xs">{track.created_by ? `${firstName(personOf(track.created_by))}, ` : ''}{when(track.created_at)}</span> },
    { id: 'menu', title: '', name: 'More', width: 44, className: 'tight', cell: (track) => <TrackMenu track={track} onRename={() => setRenaming(track)} onJoin={tracks.length > 1 ? () => setJoining(track) : null} /> },
  ]
  return (
    <>
      <Table name="Tracks" rows={tracks} columns={columns} idOf={(track) => track.id} hrefOf={(track) => address.track(track.id)} dense scroller={scroller ?? nowhere} />
      <RenameDialog noun="track" thing={renaming} onClose={() => setRenaming(null)} />
      {joining && <JoinDialog first={joining} tracks={tracks} onClose={() => setJoining(null)} />}
    </>
  )
}

export function PlayTrack({ track }: { track: Track }) {
  const { trackId, isPlaying } = useStore(listening)
  const isThis = trackId === track.id && isPlaying
  return (
    <IconButton
      small
      icon={isThis ? 'pause' : 'play'}
      label={`${isThis ? 'Pause' : 'Play'} ${track.name}`}
      reason={track.files.proxy ? null : 'It can be heard once it is decoded.'}
      onClick={() => listenTo(track)}
    />
  )
}

function TrackName({ track, job }: { track: Track; job: Job | undefined }) {
  const facts = [track.duration_seconds === null ? '' : clock(track.duration_seconds, 0), track.bpm === null ? '' : `${track.bpm.toFixed(2)} bpm`].filter(Boolean).join(', ')
  return (
    <>
    <span className="row">
      <a className="plain strong clip" href={address.track(track.id)}>{track.name}</a>
      {track.codec && <span className="faint xs not-phone">{codecWords(track.codec)}</span>}
    </span>
    <span className="only-phone xs faint num">{track.state === 'ready' ? facts : <TrackState track={track} job={job} />}</span>
    </>
  )
}

/** "OGG Vorbis vorbis" → "OGG VORBIS", "WAV pcm_s24le" → "WAV 24 bit": words that a musician uses. */
export function codecWords(codec: string): string {
  const words = codec.split(/\s+/).map((word) => {
    const pcm = /^pcm_([sfu])(\d+)/i.exec(word)
    return pcm ? `${pcm[2] ?? ''} bit${pcm[1] === 'f' ? ' float' : ''}` : word.toUpperCase()
  })
  return [...new Set(words)].join(' ')
}

function TrackSound({ track }: { track: Track }) {
  const { trackId, played } = useStore(listening)
  return <div className="soundcell"><Overview peaks={track.overview} played={trackId === track.id ? played : null} /></div>
}

const steps = { uploaded: 'Waiting', decoding: 'Decoding', analysing: 'Analysing' } as const

export function TrackState({ track, job }: { track: Track; job: Job | undefined }) {
  if (track.state === 'failed') {
    return <span className="row tight danger xs"><Icon name="alert" size="small" /><span className="sentence">{track.error || 'It could not be read.'}</span></span>
  }
  if (track.state === 'ready') {
    const warnings = track.warnings.join(' ')
    return warnings
      ? <span className="row tight warn xs" title={warnings}><Icon name="warning" size="small" /><span className="sentence">{track.warnings[0]}</span></span>
      : <span className="row tight soft xs"><Icon name="check" size="small" />Analysed</span>
  }
  const share = job && job.state === 'running' ? shareOf(job) : null
  const words = job?.state === 'running' && job.message ? job.message : steps[track.state]
  return <span className="row tight soft xs num"><Dot mood={job?.state === 'queued' ? 'off' : 'busy'} />{words}{share !== null && share > 0 ? `, ${percent(share)}` : ''}</span>
}

function TrackMenu({ track, onRename, onJoin }: { track: Track; onRename: () => void; onJoin: (() => void) | null }) {
  const analyse = (): void => void post(`/tracks/${track.id}/analyse`).then(() => {
    toast(`“${track.name}” is analysed again.`)
    return refresh('tracks')
  }).catch((fault: unknown) => toastFault(fault))
  const items: MenuItem[] = [
    { id: 'open', label: 'Open', icon: 'track', href: address.track(track.id) },
    ...(track.files.original ? [{ id: 'download', label: `Download the original${track.size_bytes ? `, ${fileSize(track.size_bytes)}` : ''}`, icon: 'download' as const, href: `${track.files.original}?download=1` }] : []),
    ...(mayEdit()
      ? ([
          { id: 'scene', label: 'New scene with this track…', icon: 'scene', href: `${address.place('scenes')}?track=${track.id}#new` },
          { id: 'rename', label: 'Rename…', icon: 'edit', act: onRename, line: true },
          ...(onJoin && track.files.original ? [{ id: 'join', label: 'Join with others…', icon: 'plus' as const, act: onJoin }] : []),
          { id: 'analyse', label: 'Analyse again', icon: 'again', act: analyse },
          { id: 'bin', label: 'Put in the bin', icon: 'bin', danger: true, act: () => putInBin('track', track) },
        ] satisfies MenuItem[])
      : []),
  ]
  return <Menu align="end" items={items} button={<IconButton small icon="more" label={`More about ${track.name}`} />} />
}
