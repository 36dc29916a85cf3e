/** The camera's settings: what is wished, and beside it what the camera then really did. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { count } from '../lib/format'
import { mayEdit } from '../lib/page'
import { Icon } from '../parts/Icon'
import { isLocked } from './controls'
import type { CaptureSettings, DeviceStatus } from './messages'
import type { Commander, DeviceView } from './use_capture'
import { isoOf, readSize, settingSentence, sizeText } from './words'

interface Field {
  name: keyof CaptureSettings
  title: string
  unit?: string
  show: (settings: CaptureSettings) => string
  /** The value that was typed; undefined when it is none. */
  read: (text: string) => unknown
  is?: (status: DeviceStatus) => string | null
}

const number = (text: string): number | undefined => {
  const said = text.trim().replaceAll(',', '').replace(/\s*(µs|us|s|shots?)$/i, '')
  if (/^auto/i.test(said)) return 0
  return said !== '' && Number.isFinite(Number(said)) ? Number(said) : undefined
}
const auto = (value: number): string => (value === 0 ? 'auto' : count(value))
const rounded = (value: number | null | undefined, digits = 0): string | null => (value === null || value === undefined ? null : count(Number(value.toFixed(digits))))

export const FIELDS: Field[] = [
  { name: 'resolution', title: 'Resolution', show: (now) => sizeText(now.resolution), read: (text) => readSize(text) ?? undefined, is: ({ effective, wished }) => (effective && sizeText(effective.resolution) !== sizeText(wished.resolution) ? sizeText(effective.resolution) : null) },
  { name: 'shutter_us', title: 'Shutter', unit: 'µs', show: (now) => auto(now.shutter_us), read: number, is: ({ effective }) => rounded(effective?.exposure_us) },
  { name: 'iso', title: 'ISO', show: (now) => auto(now.iso), read: number, is: ({ effective }) => rounded(effective && isoOf(effective.analogue_gain, effective.digital_gain)) },
  { name: 'red_gain', title: 'Red gain', show: (now) => String(now.red_gain), read: number, is: ({ effective }) => rounded(effective?.red_gain, 3) },
  { name: 'blue_gain', title: 'Blue gain', show: (now) => String(now.blue_gain), read: number, is: ({ effective }) => rounded(effective?.blue_gain, 3) },
  { name: 'number_of_photos', title: 'Shots', show: (now) => count(now.number_of_photos), read: number },
  { name: 'interval_seconds', title: 'Every', unit: 's', show: (now) => (now.interval_seconds === 0 ? 'as fast as it goes' : String(now.interval_seconds)), read: number, is: ({ rate }) => (rate > 0 ? rounded(1 / rate, 3) : null) },
  { name: 'countdown_seconds', title: 'Countdown', unit: 's', show: (now) => String(now.countdown_seconds), read: number },
]

/** What the device has to obey of the camera's own settings; the rest is the agent's and works with any camera. */
const CAMERAS_OWN = new Set(['iso', 'shutter_us', 'red_gain', 'blue_gain', 'resolution'])

interface CameraPanelProps {
  view: DeviceView
  commander: Commander
  obeyed: readonly string[] | null
  isPhone: boolean
}

export function CameraPanel({ view, commander, obeyed, isPhone }: CameraPanelProps) {
  const { status, isOnline } = view
  const locked = isLocked(status?.state)
  const mayChange = mayEdit() && isOnline && !locked && !isPhone
  const wished = useWished(status)
  const change = async (name: keyof CaptureSettings, value: unknown): Promise<void> => {
    if (await commander.send('configure', { settings: { [name]: value } })) wished.set(name, value)
  }
  return (
    <div className="sect">
      <div className="title">Camera{locked && isOnline && <span className="end faint row tight why"><Icon name="lock" size="small" />while shooting</span>}</div>
      {!wished.now && <div className="xs faint">Its settings are known once it has connected.</div>}
      {wished.now && FIELDS.map((field) => (
        <SettingRow
          key={field.name}
          field={field}
          settings={wished.now!}
          is={(status && field.is?.(status)) ?? null}
          ignored={obeyed !== null && CAMERAS_OWN.has(field.name) && !obeyed.includes(field.name)}
          mayChange={mayChange}
          wrong={commander.fault?.name === 'configure' && commander.fault.field?.endsWith(field.name) ? settingSentence(commander.fault.sentence, field.title) : null}
          onChange={(value) => void change(field.name, value)}
        />
      ))}
      {isPhone && mayEdit() && <div className="xs faint">Settings are changed on a wider screen.</div>}
    </div>
  )
}

/** The device's wishes, with what it has just agreed to until its next status says so itself. */
function useWished(status: DeviceStatus | null): { now: CaptureSettings | null; set: (name: keyof CaptureSettings, value: unknown) => void } {
  const [agreed, setAgreed] = useState<{ values: Partial<CaptureSettings>; at: number }>({ values: {}, at: 0 })
  const isOlder = status !== null && new Date(status.at).getTime() < agreed.at
  return {
    now: status && (isOlder ? { ...status.wished, ...agreed.values } : status.wished),
    set: (name, value) => setAgreed((before) => ({ values: { ...before.values, [name]: value }, at: Date.now() })),
  }
}

interface SettingRowProps {
  field: Field
  settings: CaptureSettings
  is: string | null
  ignored: boolean
  mayChange: boolean
  wrong: string | null
  onChange: (value: unknown) => void
}

function SettingRow({ field, settings, is, ignored, mayChange, wrong, onChange }: SettingRowProps) {
  const kept = field.show(settings)
  const [text, setText] = useState(kept)
  const [isWrong, setWrong] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (document.activeElement !== input.current) setText(kept)
  }, [kept])
  const commit = (): void => {
    const value = field.read(text)
    setWrong(value === undefined && text !== kept)
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(settings[field.name]) && text !== kept) onChange(value)
    else if (value !== undefined) setText(kept)
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') input.current?.blur()
    if (event.key === 'Escape') {
      setText(kept)
      setWrong(false)
    }
  }
  return (
    <div className="setting-row">
      <div className="row">
        <label className={ignored ? 'grow xs faint' : 'grow xs'} htmlFor={`camera-${field.name}`}>{field.title}</label>
        {ignored ? <span className="xxs faint">this camera has none</span> : is !== null && <span className="xxs faint num">is {is}</span>}
        {mayChange && !ignored
          ? <span className={isWrong || wrong ? 'value wrong' : 'value'}>
              <input ref={input} id={`camera-${field.name}`} value={text} size={Math.max(5, text.length)} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onBlur={commit} onKeyDown={keys} aria-invalid={isWrong || Boolean(wrong)} spellCheck={false} autoComplete="off" />
              {field.unit && /\d$/.test(text) && <span className="unit">{field.unit}</span>}
            </span>
          : <span id={`camera-${field.name}`} className="value fixed">{kept}{field.unit && /\d$/.test(kept) && <span className="unit">{field.unit}</span>}</span>}
      </div>
      {(isWrong || wrong) && <div className="wrong-text">{wrong ?? `“${text}” is no value for ${field.title.toLowerCase()}.`}</div>}
    </div>
  )
}
