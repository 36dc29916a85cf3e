// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { TipProvider } from '../parts/Tooltip'
import { EditableText } from './EditableText'
import { latest } from './sheets'
import { Tags } from './Tags'
import type { SheetItem } from './wire'

vi.mock('../lib/page', () => ({ mayEdit: () => true }))

const onSave = vi.fn()
beforeEach(() => onSave.mockClear())

function edit(value = 'tidepool', mayBeEmpty = false): HTMLElement {
  render(<EditableText value={value} label="Name" placeholder="Direction 1" mayBeEmpty={mayBeEmpty} onSave={onSave} />)
  fireEvent.click(screen.getByRole('button', { name: `Name: ${value || 'Direction 1'}. Change it` }))
  return screen.getByRole('textbox', { name: 'Name' })
}

test('Enter keeps the new words once, though the field is left by it', () => {
  const field = edit()
  fireEvent.change(field, { target: { value: '  rock pool ' } })
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(onSave.mock.calls).toEqual([['rock pool']])
  expect(screen.queryByRole('textbox')).toBeNull()
})

test('Escape takes the words back, and the same words are no change', () => {
  const field = edit()
  fireEvent.change(field, { target: { value: 'rock pool' } })
  fireEvent.keyDown(field, { key: 'Escape' })
  fireEvent.click(screen.getByRole('button'))
  fireEvent.blur(screen.getByRole('textbox'))
  expect(onSave).not.toHaveBeenCalled()
})

test('a name may not be empty, what has a name of its own may', () => {
  const name = edit()
  fireEvent.change(name, { target: { value: ' ' } })
  fireEvent.blur(name)
  expect(onSave).not.toHaveBeenCalled()
})

test('what has a name of its own may lose the given one', () => {
  const name = edit('Age', true)
  fireEvent.change(name, { target: { value: '' } })
  fireEvent.blur(name)
  expect(onSave).toHaveBeenCalledWith('')
})

test('a comma ends a tag and waits for the next, a cross takes one away', () => {
  const onChange = vi.fn()
  render(<TipProvider><Tags tags={['faces']} of="tidepool" onChange={onChange} /></TipProvider>)
  fireEvent.click(screen.getByRole('button', { name: 'Tag' }))
  const field = screen.getByRole('textbox', { name: 'New tag of tidepool' })
  fireEvent.change(field, { target: { value: 'dark' } })
  fireEvent.keyDown(field, { key: ',' })
  expect(onChange).toHaveBeenLastCalledWith(['faces', 'dark'])
  expect(screen.getByRole('textbox')).toBe(field)
  fireEvent.click(screen.getByRole('button', { name: 'Take the tag “faces” away' }))
  expect(onChange).toHaveBeenLastCalledWith([])
})

test('a sheet is as it was ordered until an event tells more', () => {
  const sheet = (state: SheetItem['state']) => ({ id: 'a', state, url: state === 'ready' ? '/sheets/a' : null }) as SheetItem
  const news = (state: SheetItem['state']) => new Map([['a', sheet(state)]])
  expect(latest(sheet('waiting'), new Map())?.state).toBe('waiting')
  expect(latest(sheet('waiting'), news('ready'))?.url).toBe('/sheets/a')
  expect(latest(sheet('waiting'), news('failed'))?.state).toBe('failed')
  expect(latest(sheet('ready'), news('failed'))?.url).toBe('/sheets/a')
  expect(latest(undefined, news('ready'))).toBeUndefined()
})
