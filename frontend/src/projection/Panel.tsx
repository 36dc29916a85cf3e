/** Beside the frames: what can be done with what was found, and what it is made of. */
import { useState, type ReactNode } from 'react'
import { count, fileSize, frameRate, pictureSize, shortHash, when } from '../lib/format'
import { address, mayEdit } from '../lib/page'
import { Note } from '../parts/basics'
import { Button } from '../parts/Button'
import { orderReview } from './deeds'
import { Notes } from './Notes'
import { UseInScene } from './UseInScene'
import type { Projection } from './wire'
import { lossNames, networkWords } from './words'

export function Panel({ one }: { one: Projection }) {
  return (
    <aside className="aside recipe runpanel" aria-label="The projection" data-region="inspector">
      <Doors one={one} />
      <section className="sect" aria-label="What it is made of">
        <Facts lines={one.source ? madeLines(one) : fileLines(one)} />
        {one.source?.notes.map((note) => <Note key={note}>{note}</Note>)}
        <Notes one={one} />
      </section>
      {one.config && <section className="sect" aria-label="Settings"><div className="title">Settings</div><Facts lines={settingLines(one)} /></section>}
    </aside>
  )
}

function Doors({ one }: { one: Projection }) {
  const [isUsing, setUsing] = useState(false)
  const unfinished = one.is_complete ? null : 'It is not finished yet.'
  const isMaking = one.review_state === 'waiting' || one.review_state === 'working'
  return (
    <div className="sect doors">
      {mayEdit() && <Button kind={one.is_complete ? 'primary' : 'plain'} className="fill" icon="scene" reason={unfinished} onClick={() => setUsing(true)}>Use in a scene…</Button>}
      <div className="two tightly">
        <Button kind="line" icon="download" href={one.file_url ?? undefined} download reason={one.file_url ? null : noFileWords(one)}>{one.file_bytes ? `HDF5, ${fileSize(one.file_bytes)}` : 'HDF5'}</Button>
        {one.review_url
          ? <Button kind="line" icon="download" href={`${one.review_url}?download=true`} download>Review film</Button>
          : <Button kind="line" icon="film" busy={isMaking} reason={!mayEdit() ? 'Only who may edit can order it.' : one.file_url ? (isMaking ? 'It is being made.' : null) : unfinished} onClick={() => orderReview(one)}>{isMaking ? 'Making review' : 'Make review'}</Button>}
      </div>
      {one.review_state === 'failed' && <Note mood="danger">{one.review_sentence || 'The review film failed.'}</Note>}
      {isUsing && <UseInScene one={one} onClose={() => setUsing(false)} />}
    </div>
  )
}

/** Why there is nothing to download yet. */
export function noFileWords({ state, frames_done: done }: Pick<Projection, 'state' | 'frames_done'>): string {
  if (done === 0) return 'There is no file until frames are found.'
  return state === 'stopped' ? 'The file of what was found is being made.' : 'There is a file once it is done, or once it is stopped.'
}

type Line = [string, ReactNode]

function Facts({ lines }: { lines: Line[] }) {
  return <dl className="facts">{lines.map(([name, value], at) => [<dt key={`${at}n`}>{name}</dt>, <dd key={`${at}v`} className="clip" title={typeof value === 'string' ? value : undefined}>{value}</dd>])}</dl>
}

function madeLines(one: Projection): Line[] {
  const { source } = one
  if (!source) return []
  const network = networkWords(one)
  return [
    ['Target', source.dataset_id ? <a key="t" href={address.dataset(source.dataset_id, source.version_id ? `?version=${source.version_id}` : '')}>{source.name}</a> : source.name],
    ['Size', pictureSize(source.width, source.height)],
    ...(source.kind === 'video' ? [['Rate', `${frameRate(String(one.facts.fps ?? one.config?.fps ?? source.fps))} frames/s`] as Line] : []),
    ['Snapshot', one.network_id ? <a key="s" href={address.network(one.network_id)}>{network}</a> : network],
    ['Network file', one.network_md5 ? <span key="m" className="num" title={`MD5 ${one.network_md5}`}>MD5 {shortHash(one.network_md5)}</span> : '–'],
    ['Ordered', `${one.created_by_name ? `by ${one.created_by_name}, ` : ''}${when(one.created_at)}`],
  ]
}

/** What a file that was brought says of itself. */
function fileLines(one: Projection): Line[] {
  const said = (name: string): string => {
    const value = one.facts[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '–'
  }
  return [
    ['Frames', said('frames')],
    ['Rate', one.facts.fps ? `${frameRate(said('fps'))} frames/s` : '–'],
    ['Vectors', one.facts.num_ws ? `${said('num_ws')} × ${said('w_dim')}` : '–'],
    ['Target', said('target_path')],
    ['Network', said('network_path')],
    ['Network file', one.network_md5 ? `MD5 ${shortHash(one.network_md5)}` : '–'],
    ['Brought', `${one.created_by_name ? `by ${one.created_by_name}, ` : ''}${when(one.created_at)}`],
  ]
}

function settingLines({ config }: Projection): Line[] {
  if (!config) return []
  const kept = [config.latents_histories && 'vectors', config.noises_histories && 'noise', config.images_histories && 'pictures'].filter(Boolean).join(', ')
  return [
    ['Recipe', config.recipe === 'quick' ? 'Quick' : 'Reference'],
    ['Space', (config.space ?? 'w').toUpperCase()],
    ['Steps', count(config.steps ?? 0)],
    ['Compared by', (config.losses ?? []).map((name) => lossNames[name]?.title ?? name).join(', ')],
    ...(config.recipe === 'quick' ? [['Together', `${config.batch} frames`] as Line, ['Smoothness', String(config.smoothness)] as Line] : []),
    ...(config.pull !== null && config.pull !== undefined ? [['Held to the usual', String(config.pull)] as Line] : []),
    ...(config.fit && config.fit !== 'crop' ? [['Fit', config.fit === 'pad' ? 'Pad' : 'Stretch'] as Line] : []),
    ...(config.video_fps ? [['The film’s own rate', `${frameRate(config.video_fps)} frames/s`] as Line] : []),
    ...(config.width_height ? [['Size of targets', pictureSize(...config.width_height)] as Line] : []),
    ...(config.encoder ? [['Encoder', 'on'] as Line] : []),
    ['Precision', config.precision ?? 'auto'],
    ['Seed', String(config.seed ?? 0)],
    ...(kept ? [['Histories', kept] as Line] : []),
  ]
}
