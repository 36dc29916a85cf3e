import { useState } from 'react'
import { count, framesPerSecond } from '../lib/format'

type Read<Value> = { value: Value } | { wrong: string }

interface TypedFieldProps<Value> {
  id: string
  value: Value
  placeholder?: string
  /** What a text says, or a sentence on what it should say. */
  read: (text: string) => Read<Value>
  onSet: (value: Value) => void
}

interface NumberFieldProps {
  id: string
  value: number | null
  from: number
  to: number
  /** May stand between whole numbers. */
  fraction?: boolean
  /** Nothing may be written too. */
  optional?: boolean
  placeholder?: string
  onSet: (value: number | null) => void
}

/** What a text says, or a sentence on what it should say. */
export function readNumber(text: string, { from, to, fraction = false, optional = false }: Pick<NumberFieldProps, 'from' | 'to' | 'fraction' | 'optional'>): Read<number | null> {
  const plain = text.trim().replaceAll(',', '')
  if (plain === '') return optional ? { value: null } : { wrong: `Write a number from ${count(from)} to ${count(to)}.` }
  const value = Number(plain)
  const isRight = Number.isFinite(value) && value >= from && value <= to && (fraction || Number.isInteger(value))
  return isRight ? { value } : { wrong: `Write a ${fraction ? '' : 'whole '}number from ${count(from)} to ${count(to)}${optional ? ', or nothing' : ''}.` }
}

const LOWEST_RATE = 1
const HIGHEST_RATE = 120

/** A rate of frames as the studio takes it: a number, or a fraction of two whole ones; nothing is null. */
export function readRate(text: string): Read<string | null> {
  const plain = text.trim()
  if (plain === '') return { value: null }
  const rate = /^\d+(\.\d+)?$|^\d+\/\d+$/.test(plain) ? framesPerSecond(plain) : Number.NaN
  return rate >= LOWEST_RATE && rate <= HIGHEST_RATE ? { value: plain } : { wrong: `Write a rate from ${LOWEST_RATE} to ${HIGHEST_RATE}, as 25 or 30000/1001, or nothing.` }
}

export function NumberField({ id, value, placeholder, onSet, ...limits }: NumberFieldProps) {
  return <TypedField id={id} value={value} placeholder={placeholder} read={(text) => readNumber(text, limits)} onSet={onSet} />
}

/** What is typed is set when it is a value; else it stays, with what is wrong. */
export function TypedField<Value extends number | string | null>({ id, value, placeholder, read: readText, onSet }: TypedFieldProps<Value>) {
  const [text, setText] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const end = (): void => {
    if (text === null) return
    const read = readText(text)
    if ('wrong' in read) {
      setWrong(read.wrong)
      return
    }
    setWrong(null)
    setText(null)
    if (read.value !== value) onSet(read.value)
  }
  return (
    <>
      <input id={id} className={wrong ? 'field wrong' : 'field'} inputMode="decimal" aria-invalid={wrong !== null} aria-describedby={wrong ? `${id}-told` : undefined} placeholder={placeholder}
        value={text ?? (value === null ? '' : String(value))} onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onBlur={end} onKeyDown={(event) => event.key === 'Enter' && end()} />
      {wrong && <div className="wrong-text" role="alert" id={`${id}-told`}>{wrong}</div>}
    </>
  )
}
