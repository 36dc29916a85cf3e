/** Secret: a token or link that is shown once, with a button that copies it. */
import { useRef, useState } from 'react'
import { Button } from './Button'
import { toastFault } from './toasts'

export function Secret({ label, value, note }: { label: string; value: string; note: string }) {
  const [isCopied, setCopied] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const copy = async (): Promise<void> => {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    } catch (fault) {
      // Without https the clipboard is closed; the text is selected, so that Ctrl/Cmd C works.
      toastFault(fault, 'It could not be copied. It is selected: copy it by hand.')
    }
  }
  return (
    <div className="secret">
      <div className="label">{label}</div>
      <div className="row">
        <input ref={field} className="field mono" readOnly value={value} aria-label={label} onFocus={(event) => event.target.select()} />
        <Button icon={isCopied ? 'check' : 'copy'} onClick={() => void copy()}>{isCopied ? 'Copied' : 'Copy'}</Button>
      </div>
      <div className="hint">{note}</div>
    </div>
  )
}
