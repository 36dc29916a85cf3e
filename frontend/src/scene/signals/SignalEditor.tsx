/** One signal: a stem, and the chain of functions that makes a curve of it. Functions move by drag or Alt with the arrows. */
import { useState, type KeyboardEvent } from 'react'
import { mayEdit } from '../../lib/page'
import { Select } from '../../parts/basics'
import { Icon } from '../../parts/Icon'
import { Menu, type MenuItem } from '../../parts/Menu'
import { Tip } from '../../parts/Tooltip'
import { OwnFieldRow } from '../OwnField'
import { moved } from '../own_schema'
import { insertable, isFitting, newStep, summaryOf, swappable, type Func, type Signal, type Step } from './language'

interface SignalEditorProps {
  name: string
  title: string
  signal: Signal
  language: Func[]
  stems: string[]
  onMove: (signal: Signal) => void
  onSet: (signal: Signal, title: string) => void
  onRename?: (name: string) => void
  onRemove?: () => void
}

const NOT_THERE = 'It does not fit there'

export function SignalEditor({ name, title, signal, language, stems, onMove, onSet, onRename, onRemove }: SignalEditorProps) {
  const [isOpen, setOpen] = useState(false)
  if (!signal || !Array.isArray(signal.chain)) return null
  const chain = signal.chain.map((step) => (typeof step === 'string' ? { do: step } : step))
  const put = (next: Step[], words: string): void => onSet({ ...signal, chain: next }, words)
  return (
    <div className="signal" data-signal={name}>
      <div className="row">
        <button type="button" className="fold grow clip" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'down' : 'right'} size="small" /><span className="clip">{title}</span>
        </button>
        {onRemove && mayEdit() && <Menu align="end" button={<button type="button" className="mini" aria-label={`More for ${title}`}><Icon name="more" /></button>} items={[{ id: 'bin', label: 'Remove', icon: 'bin', danger: true, act: onRemove }]} />}
      </div>
      {!isOpen && <div className="summary faint xxs clip" title={summaryOf({ ...signal, chain })}>{summaryOf({ ...signal, chain })}</div>}
      {isOpen && (
        <div className="signal-inside">
          {onRename && mayEdit() && (
            <div className="row own-field"><span className="name grow">Name</span>
              <input className="field small" aria-label="Name of the drive" size={14} maxLength={40} defaultValue={title} key={title}
                onBlur={(event) => event.target.value.trim() && event.target.value.trim() !== title && onRename(event.target.value.trim())} onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} /></div>
          )}
          <div className="row own-field"><span className="name grow">Stem</span>
            {mayEdit() ? <Select small aria-label={`Stem of ${title}`} value={signal.source} choices={[...new Set([...stems, signal.source])].map((one) => ({ value: one, label: one }))} onChange={(source) => onSet({ ...signal, source }, `Stem of ${title}`)} /> : <span className="xs">{signal.source}</span>}
          </div>
          <Chain title={title} chain={chain} language={language} onMove={(next) => onMove({ ...signal, chain: next })} onPut={put} />
        </div>
      )}
    </div>
  )
}

interface ChainProps {
  title: string
  chain: Step[]
  language: Func[]
  onMove: (chain: Step[]) => void
  onPut: (chain: Step[], words: string) => void
}

function Chain({ title, chain, language, onMove, onPut }: ChainProps) {
  const [dragged, setDragged] = useState<number | null>(null)
  const moveTo = (from: number, to: number): void => {
    const next = moved(chain, from, to)
    if (isFitting(next, language)) onPut(next, `Order of ${title}`)
  }
  const press = (event: KeyboardEvent, at: number): void => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    moveTo(at, at + (event.key === 'ArrowUp' ? -1 : 1))
  }
  const adding = (at: number): MenuItem[] => insertable(chain, at, language).map((func) => ({
    id: func.name, label: func.name, act: () => onPut([...chain.slice(0, at), newStep(func), ...chain.slice(at)], `Add ${func.name} to ${title}`),
  }))
  return (
    <>
      <ol className="chain">
        {chain.map((step, at) => (
          <li key={at} className={dragged === at ? 'dragged' : ''} onKeyDown={(event) => press(event, at)} onDragOver={(event) => dragged !== null && event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault()
              if (dragged !== null && dragged !== at) moveTo(dragged, at)
            }}>
            <StepRow at={at} step={step} chain={chain} language={language} onDrag={setDragged} moveTo={moveTo} adding={adding} onMove={onMove} onPut={onPut} title={title} />
          </li>
        ))}
      </ol>
      {mayEdit() && <Menu button={<button type="button" className="btn quiet small"><Icon name="plus" />Add function</button>} items={adding(chain.length)} />}
    </>
  )
}

interface StepRowProps extends ChainProps {
  at: number
  step: Step
  onDrag: (at: number | null) => void
  moveTo: (from: number, to: number) => void
  adding: (at: number) => MenuItem[]
}

function StepRow({ at, step, chain, language, onDrag, moveTo, adding, onMove, onPut, title }: StepRowProps) {
  const func = language.find(({ name }) => name === step.do)
  const without = chain.filter((_, place) => place !== at)
  const reason = (next: Step[]): string | null => (isFitting(next, language) ? null : NOT_THERE)
  const set = (keyword: string, value: unknown): Step[] => chain.map((one, place) => (place === at ? { ...one, [keyword]: value } : one))
  const items: MenuItem[] = [
    { id: 'up', label: 'Earlier', keys: 'Alt ↑', reason: at === 0 ? NOT_THERE : reason(moved(chain, at, at - 1)), act: () => moveTo(at, at - 1) },
    { id: 'down', label: 'Later', keys: 'Alt ↓', reason: at === chain.length - 1 ? NOT_THERE : reason(moved(chain, at, at + 1)), act: () => moveTo(at, at + 1) },
    { id: 'bin', label: 'Remove', icon: 'bin', danger: true, line: true, reason: reason(without) && 'The chain needs it', act: () => onPut(without, `Remove ${step.do} from ${title}`) },
    ...adding(at + 1).map((item, place) => ({ ...item, id: `add ${item.id}`, ...(place === 0 ? { caption: 'Add after it' } : {}) })),
  ]
  return (
    <>
      <div className="row step-head">
        {mayEdit() && <span className="faint grab" draggable tabIndex={0} role="button" aria-label={`${step.do}, ${at + 1} of ${chain.length}. Alt with the arrows moves it.`}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move'
            onDrag(at)
          }} onDragEnd={() => onDrag(null)}><Icon name="grip" size="small" /></span>}
        {mayEdit() ? (
          <Select small className="grow" aria-label={`Function ${at + 1} of ${title}`} value={step.do} choices={swappable(chain, at, language).map((one) => ({ value: one.name, label: one.name }))}
            onChange={(name) => {
              const next = language.find((one) => one.name === name)
              if (next) onPut(chain.map((one, place) => (place === at ? newStep(next) : one)), `${name} in ${title}`)
            }} />
        ) : <span className="strong xs grow">{step.do}</span>}
        {func?.help && <Tip text={func.help}><span className="faint" tabIndex={0} role="img" aria-label={func.help}><Icon name="info" size="small" /></span></Tip>}
        {mayEdit() && <Menu align="end" button={<button type="button" className="mini" aria-label={`More for ${step.do}`}><Icon name="more" /></button>} items={items} />}
      </div>
      {func?.fields.map((field) => (
        <OwnFieldRow key={field.name} field={field} value={step[field.name] ?? field.default} onMove={(value) => onMove(set(field.name, value))} onSet={(value) => onPut(set(field.name, value), `${field.title} of ${step.do}`)} />
      ))}
    </>
  )
}
