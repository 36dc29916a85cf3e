/** The service pill: dot and words in the top bar; a click lists services, devices, speed, and how to attach one. */
import { address, pageData } from '../lib/page'
import { me } from '../lib/me'
import { fileSize, plural, timeOfDay } from '../lib/format'
import { useStore } from '../lib/store'
import { Dot } from '../parts/basics'
import { Icon } from '../parts/Icon'
import { Popover } from '../parts/Menu'
import type { RenderService, ServicesState } from '../wire/types'
import { previewFigures } from './figures'
import { useServices } from './live'

export interface PillWords {
  mood: 'ok' | 'warn' | 'busy' | 'off'
  /** On a wide screen, with the service's name. */
  text: string
  /** On a phone. */
  short: string
}

export function pillWords(services: ServicesState | null): PillWords {
  if (services === null || services.state === 'none') return { mood: 'off', text: 'No render service', short: 'None' }
  const attached = services.items.filter((one) => one.state === 'attached')
  const first = attached[0]
  if (first) {
    const rendering = attached.find((one) => one.segments > 0)
    if (rendering) return { mood: 'busy', text: `${rendering.name} rendering`, short: 'Rendering' }
    return { mood: 'ok', text: attached.length > 1 ? `${attached.length} services attached` : `${first.name} attached`, short: 'Attached' }
  }
  const starting = services.items.find((one) => one.state === 'starting')
  if (services.state === 'starting') return { mood: 'busy', text: starting ? `${starting.name} starting` : 'Starting', short: 'Starting' }
  const away = services.items.find((one) => one.state === 'away')
  const since = away?.since ?? services.since
  const words = since ? `away since ${timeOfDay(since)}` : 'away'
  return { mood: 'warn', text: away ? `${away.name} ${words}` : `Render service ${words}`, short: since ? `Away ${timeOfDay(since)}` : 'Away' }
}

export function ServicePill() {
  const services = useServices()
  const figures = useStore(previewFigures)
  const isTold = useStore(me)?.preferences.figures === true
  const { mood, text, short } = pillWords(services)
  return (
    <Popover
      label="Render services"
      button={
        <button type="button" className="pill service-pill" aria-label={`Render services: ${text}`}>
          <Dot mood={mood} />
          <span className="not-phone">{text}</span>
          <span className="only-phone">{short}</span>
          {isTold && figures && <span className="faint num not-phone">{Math.round(figures.framesPerSecond)} fps</span>}
        </button>
      }
    >
      <ServiceList services={services} />
    </Popover>
  )
}

function ServiceList({ services }: { services: ServicesState | null }) {
  const figures = useStore(previewFigures)
  const items = services?.items ?? []
  return (
    <>
      <div className="head"><h3>Render services</h3></div>
      <div className="sect col" style={{ paddingBlock: 12, gap: 12 }}>
        {items.length === 0 && <div className="soft xs">None is attached. Tracks, cues and parameters work; previews and films wait for one.</div>}
        {items.map((one) => <ServiceRow key={one.id} service={one} />)}
      </div>
      {figures && (
        <div className="sect" style={{ paddingBlock: 12 }}>
          <dl className="facts">
            <dt>Preview</dt><dd>{figures.framesPerSecond.toFixed(1)} frames/s</dd>
            <dt>Behind the sound</dt><dd>{Math.round(figures.delayMs)} ms</dd>
            <dt>Late frames</dt><dd>{figures.dropped}</dd>
          </dl>
        </div>
      )}
      <HowToAttach />
    </>
  )
}

/** One service: what it is, what it draws on, what it does. */
export function ServiceRow({ service }: { service: RenderService }) {
  const mood = service.state === 'attached' ? 'ok' : service.state === 'starting' ? 'busy' : 'off'
  const words = { attached: 'Attached', starting: 'Starting', away: 'Away' }[service.state]
  return (
    <div className="row top">
      <span className="faint"><Icon name="machine" /></span>
      <div className="grow">
        <div className="row"><span className="strong clip grow">{service.name}</span><span className="xs soft nowrap">{words}</span><Dot mood={mood} /></div>
        <div className="xs faint num">{serviceSentence(service)}</div>
        {service.devices.map((device, at) => (
          <div key={at} className="xs faint num clip">
            {device.name}{device.memory_bytes ? `, ${fileSize(device.memory_bytes)}` : ''}
          </div>
        ))}
      </div>
    </div>
  )
}

export function serviceSentence(service: RenderService): string {
  if (service.state === 'away') return `Away${service.since ? ` since ${timeOfDay(service.since)}` : ''}. Scenes and tracks keep working.`
  if (service.state === 'starting') return 'Getting ready.'
  const work = [
    service.segments > 0 ? `drawing ${plural(service.segments, 'segment')}` : '',
    service.previews > 0 ? plural(service.previews, 'preview') : '',
  ].filter(Boolean)
  return `${plural(service.devices.length, 'device')}, ${work.join(' and ') || 'ready'}`
}

export function HowToAttach() {
  const studio = window.location.origin
  return (
    <details className="sect attach">
      <summary className="accent xs">How to attach</summary>
      <ol className="col xs soft">
        <li>Make a token for the machine {pageData().project ? <a href={`${address.place('settings')}#machines`}>in Settings, Machines</a> : 'in Settings, Machines'}.</li>
        <li>Put it into a file on that machine, then start the service there:</li>
      </ol>
      <pre className="mono code">python -m gpu_service serve --studio {studio} --token-file token.txt</pre>
      <p className="xs faint">It dials out, so it may sit behind a home router.</p>
    </details>
  )
}
