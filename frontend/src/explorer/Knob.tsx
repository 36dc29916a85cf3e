/** A knob of the explorer: name, value box, slider; what else belongs to it stands beside the value. */
import type { ReactNode } from 'react'
import { changedClass, Slider, ValueBox } from '../scene/Slider'
import type { Field } from '../scene/schema'

interface KnobOptions {
  title: string
  default: number
  /** The ends of the slider; `typed` is what may be written. */
  from: number
  to: number
  step: number
  unit?: string
  typed?: [number, number]
  isLog?: boolean
}

/** A number as the sliders of the studio take it. */
export function knob({ title, default: usual, from, to, step, unit = '', typed, isLog = false }: KnobOptions): Field {
  return {
    name: title, title, help: '', group: '', unit, kind: 'slider', default: usual, minimum: from, maximum: to, least: typed?.[0] ?? from, most: typed?.[1] ?? to,
    step, isLog, isWhole: false, isDraw: true, isRoutable: false, choices: [],
  }
}

interface KnobProps {
  field: Field
  value: number
  onMove: (value: number) => void
  onSet: (value: number) => void
  /** In place of the name: one that can be changed. */
  name?: ReactNode
  beside?: ReactNode
  /** For tests and for reading aloud where several have the same name. */
  id?: string
}

export function Knob({ field, value, onMove, onSet, name, beside, id }: KnobProps) {
  return (
    <div className={`param${changedClass(field, value)}`} data-knob={id ?? field.title} data-value={value}>
      <div className="row">
        <span className="grow clip">{name ?? <span className={`name clip${changedClass(field, value)}`}>{field.title}</span>}</span>
        <ValueBox field={field} value={value} onMove={onMove} onSet={onSet} />
        {beside}
      </div>
      <Slider field={field} value={value} onMove={onMove} onSet={onSet} />
    </div>
  )
}
