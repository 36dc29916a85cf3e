/** A set of signals as text: for copying, and for hands that are quicker at writing. */
import { useState } from 'react'
import type { SignalSet } from './language'

export function SignalsText({ value, onSet }: { value: SignalSet; onSet: (next: unknown) => void }) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2))
  const [fault, setFault] = useState<string | null>(null)
  const keep = (): void => {
    try {
      const next: unknown = JSON.parse(text)
      setFault(null)
      if (JSON.stringify(next) !== JSON.stringify(value)) onSet(next)
    } catch (error) {
      setFault(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return (
    <details className="signals-text">
      <summary className="xs">As text</summary>
      <textarea className="field" rows={14} spellCheck={false} aria-label="Signals as JSON" value={text} onChange={(event) => setText(event.target.value)} onBlur={keep} />
      {fault && <div className="wrong-text" role="alert">{fault}</div>}
    </details>
  )
}
