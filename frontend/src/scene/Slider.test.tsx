// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { expect, test, vi } from 'vitest'
import { groupsOf } from './schema'
import { Slider, ValueBox } from './Slider'

const field = groupsOf({ properties: { alpha: { type: 'number', title: 'Alpha', minimum: 0, maximum: 2, default: 0.25, 'x-step': 0.01, 'x-unit': 'α' } } })[0]!.fields[0]!

function Held({ onSet }: { onSet: (value: number) => void }) {
  const [value, setValue] = useState(0.5)
  const set = (next: number): void => {
    setValue(next)
    onSet(next)
  }
  return (
    <>
      <Slider field={field} value={value} onMove={setValue} onSet={set} />
      <ValueBox field={field} value={value} onMove={setValue} onSet={set} />
    </>
  )
}

test('arrows move by a step and settle as one change', () => {
  vi.useFakeTimers()
  const onSet = vi.fn()
  render(<Held onSet={onSet} />)
  const slider = screen.getByRole('slider')
  for (let press = 0; press < 3; press++) fireEvent.keyDown(slider, { key: 'ArrowRight' })
  fireEvent.keyDown(slider, { key: 'ArrowRight', shiftKey: true })
  expect(slider.getAttribute('aria-valuenow')).toBe('0.63')
  expect(onSet).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1000)
  expect(onSet.mock.calls).toEqual([[0.63]])
  vi.useRealTimers()
})

test('a double click brings the default back', () => {
  const onSet = vi.fn()
  render(<Held onSet={onSet} />)
  fireEvent.doubleClick(screen.getByRole('slider'))
  expect(onSet).toHaveBeenCalledWith(0.25)
})

test('a number is typed into the box; one out of range is refused with a sentence', () => {
  const onSet = vi.fn()
  render(<Held onSet={onSet} />)
  const box = screen.getByRole('textbox', { name: 'Alpha in α' })
  fireEvent.change(box, { target: { value: '1,5' } })
  fireEvent.keyDown(box, { key: 'Enter' })
  expect(onSet).toHaveBeenCalledWith(1.5)
  fireEvent.change(box, { target: { value: '9' } })
  fireEvent.blur(box)
  expect(screen.getByRole('alert').textContent).toBe('Write a number from 0 to 2.')
  expect(onSet).toHaveBeenCalledTimes(1)
})

test('what a slider is at is said with its unit', () => {
  render(<Held onSet={() => undefined} />)
  expect(screen.getByRole('slider', { name: 'Alpha' }).getAttribute('aria-valuetext')).toBe('0.50 α')
})
