import { useState, type KeyboardEvent } from 'react'
import { mayEdit } from '../lib/page'
import { Icon } from '../parts/Icon'

interface EditableProps {
  value: string
  /** Read aloud: "Name of the network". */
  label: string
  onSave: (value: string) => void
  /** Shown faintly while there is no value. */
  placeholder?: string
  className?: string
  mayBeEmpty?: boolean
}

/** Words that become a field when they are pressed. Enter saves, Esc takes it back; leaving the field saves. */
export function EditableText({ value, label, onSave, placeholder, className, mayBeEmpty }: EditableProps) {
  const [text, setText] = useState<string | null>(null)
  if (!mayEdit()) return <span className={className}>{value}</span>
  if (text === null) {
    return (
      <button type="button" className={['editable', className].filter(Boolean).join(' ')} aria-label={`${label}: ${value || placeholder || 'none'}. Change it`} onClick={() => setText(value)}>
        {value ? <span className="clip">{value}</span> : <span className="faint clip">{placeholder}</span>}<Icon name="edit" size="small" />
      </button>
    )
  }
  const end = (isKept: boolean): void => {
    const said = text.trim()
    setText(null)
    if (isKept && said !== value && (said || mayBeEmpty)) onSave(said)
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    end(event.key === 'Enter')
  }
  return (
    <input className={['field', 'editing', className].filter(Boolean).join(' ')} aria-label={label} value={text} maxLength={255} autoFocus
      onFocus={(event) => event.target.select()} onChange={(event) => setText(event.target.value)} onKeyDown={press} onBlur={() => end(true)} />
  )
}
