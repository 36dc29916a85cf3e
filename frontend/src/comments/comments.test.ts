import { describe, expect, it } from 'vitest'
import type { Comment, Person } from '../wire/types'
import { beingTyped, completed, mentioned, offered, withMentions } from './mentions'
import { pinsOf, threadsOf, withComment } from './use_comments'

const people = ['Ines Marchetti', 'Ines', 'Jonah Bell', 'Ana'].map((name): Person => ({ id: name, name, initials: '', colour: '' }))

describe('mentions', () => {
  it('means the longest name that fits, whole or first', () => {
    expect(mentioned('@Ines Marchetti look', people)).toEqual(['Ines Marchetti'])
    expect(mentioned('@ines look', people)).toEqual(['Ines'])
    expect(mentioned('Ask @Jonah, then @Ana.', people)).toEqual(['Jonah Bell', 'Ana'])
  })

  it('does not take a part of a longer word for a name', () => {
    expect(mentioned('@Analogue mail@example.org @Anaïs', people)).toEqual([])
  })

  it('are marked in what was said', () => {
    const marked = (text: string): string => withMentions(text, people).map((piece) => (piece.isMention ? `[${piece.text}]` : piece.text)).join('')
    expect(marked('Ask @Jonah Bell, then @ana. Not @Analogue or @nobody')).toBe('Ask [@Jonah Bell], then [@ana]. Not @Analogue or @nobody')
    expect(marked('@Ines')).toBe('[@Ines]')
    expect(marked('')).toBe('')
  })

  it('offers who begins like what is typed, and completes the name at the caret', () => {
    expect(beingTyped('Louder @be', 10)).toBe('be')
    expect(beingTyped('mail@be', 7)).toBeNull()
    expect(offered('be', people).map(({ name }) => name)).toEqual(['Jonah Bell'])
    expect(completed('Louder @be now', 10, people[2]!)).toEqual({ text: 'Louder @Jonah Bell now', caret: 19 })
  })
})

const said = (id: string, values: Partial<Comment> = {}): Comment => ({
  id, track_id: 't', render_id: null, parent_id: null, seconds: 0, end_seconds: null, text: id, name: 'Ines', author: null, mentions: [],
  created_at: '2026-01-01T00:00:00Z', edited_at: null, resolved_at: null, resolved_by: null, is_binned: false, ...values,
})

describe('threads', () => {
  const items = [said('late', { seconds: 5 }), said('second', { parent_id: 'late', created_at: '2026-01-03T00:00:00Z' }), said('early', { seconds: 1 }), said('first', { parent_id: 'late', created_at: '2026-01-02T00:00:00Z' })]

  it('stand in the order of their moments, answers as they were given', () => {
    expect(threadsOf(items).map(({ head, answers }) => [head.id, answers.map(({ id }) => id)])).toEqual([['early', []], ['late', ['first', 'second']]])
  })

  it('go as a whole, and take what is newer', () => {
    expect(withComment(items, { ...items[0]!, is_binned: true }).map(({ id }) => id)).toEqual(['early'])
    expect(withComment(items, { ...items[2]!, text: 'mended' }).find(({ id }) => id === 'early')?.text).toBe('mended')
  })

  it('are pins while they are open', () => {
    const done = withComment(items, { ...items[0]!, resolved_at: '2026-01-04T00:00:00Z' })
    expect(pinsOf(threadsOf(done)).map(({ id }) => id)).toEqual(['early'])
  })
})
