import { useState } from 'react'
import { count } from '../lib/format'

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
export function readNumber(text: string, { from, to, fraction = false, optional = false }: Pick<NumberFieldProps, 'from' | 'to' | 'fraction' | 'optional'>): { value: number | null } | { wrong: string } {
  const plain = text.trim().replaceAll(',', '')
  if (plain === '') return optional ? { value: null } : { wrong: `Write a number from ${count(from)} to ${count(to)}.` }
  const value = Number(plain)
  const isRight = Number.isFinite(value) && value >= from && value <= to && (fraction || Number.isInteger(value))
  return isRight ? { value } : { wrong: `Write a ${fraction ? '' : 'whole '}number from ${count(from)} to ${count(to)}${optional ? ', or nothing' : ''}.` }
}

/** What is typed is set when it is a value; else it stays, with what is wrong. */
export function NumberField({ id, value, placeholder, onSet, ...limits }: NumberFieldProps) {
  const [text, setText] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const end = (): void => {
    if (text === null) return
    const read = readNumber(text, limits)
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
