import { useState, type KeyboardEvent } from 'react'
import { mayEdit } from '../lib/page'
import { Button, IconButton } from '../parts/Button'
import { Tag } from '../parts/basics'

/** The words without those that are there already, in the order in which they were written. */
export function withTags(tags: readonly string[], written: string): string[] {
  const added = written.split(',').map((one) => one.trim().replace(/\s+/g, ' ')).filter(Boolean)
  return [...new Map([...tags, ...added].map((one) => [one.toLowerCase(), one] as const).toReversed()).values()].toReversed()
}

/** Own words by which things are found again. Enter or a comma adds one. */
export function Tags({ tags, of, onChange }: { tags: readonly string[]; of: string; onChange: (tags: string[]) => void }) {
  const [text, setText] = useState<string | null>(null)
  if (!mayEdit()) return <>{tags.map((one) => <Tag key={one}>{one}</Tag>)}</>
  const add = (isMore: boolean): void => {
    const next = withTags(tags, text ?? '')
    setText(isMore ? '' : null)
    if (next.length > tags.length) onChange(next)
  }
  const press = (event: KeyboardEvent): void => {
    if (!['Enter', ',', 'Escape'].includes(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') setText(null)
    else add(true)
  }
  return (
    <span className="row wrap tags" role="group" aria-label={`Tags of ${of}`}>
      {tags.map((one) => (
        <span key={one} className="tag with-cross">{one}<IconButton small icon="close" label={`Take the tag “${one}” away`} onClick={() => onChange(tags.filter((other) => other !== one))} /></span>
      ))}
      {text === null
        ? <Button small kind="quiet" icon="plus" onClick={() => setText('')}>{tags.length === 0 ? 'Add a tag' : 'Tag'}</Button>
        : <input className="field small tagfield" aria-label={`New tag of ${of}`} placeholder="Tag" value={text} maxLength={40} autoFocus onChange={(event) => setText(event.target.value)} onKeyDown={press} onBlur={() => add(false)} />}
    </span>
  )
}
