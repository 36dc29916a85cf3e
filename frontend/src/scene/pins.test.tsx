// @vitest-environment jsdom
import { render, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { Select } from '../parts/basics'
import type { OfferedPin } from '../wire/types'
import { fitting, pinChoices, whyNone } from './pins'

function pin(id: string, rest: Partial<OfferedPin> = {}): OfferedPin {
  return { id, name: `Pin ${id}`, network_id: 'n1', network_name: 'Tide', vector: { seed: Number(id) } as OfferedPin['vector'], is_own: true, misfit: '', ...rest }
}
const own = pin('1')
const other = pin('2', { is_own: false, network_name: 'Moss' })
const foreign = pin('3', { is_own: false, network_name: 'Faces', misfit: 'This vector has 8 numbers, and “tide-0” takes 512.' })

test('only pins that fit can be chosen; one of another network says whose it is, and one that does not fit says why', () => {
  const { value, choices } = pinChoices([foreign, own, other], own.vector)
  render(<Select aria-label="Pin" value={value} choices={choices} onChange={() => undefined} />)
  const options = screen.getAllByRole<HTMLOptionElement>('option')
  expect(options.map((one) => [one.textContent, one.disabled])).toEqual([
    ['Pin 1', false], ['Pin 2 (Moss)', false], ['Pin 3 (Faces): This vector has 8 numbers, and “tide-0” takes 512.', true],
  ])
  expect(screen.getAllByRole('group').map((group) => within(group).getAllByRole('option').length)).toEqual([1, 1, 1])
  expect(screen.getByRole<HTMLSelectElement>('combobox').value).toBe('1')
})

test('a vector that no pin has any more stays as it is', () => {
  const { value, choices } = pinChoices([own], { ...own.vector, seed: 77 })
  expect([value, choices.map(({ label }) => label)]).toEqual(['', ['As it is', 'Pin 1']])
})

test('an action begins with a pin that fits, and where there is none the menu says so', () => {
  expect(fitting([foreign, other]).map(({ id }) => id)).toEqual(['2'])
  expect(whyNone([foreign])).toBe('No pin fits these snapshots')
  expect([whyNone([]), whyNone([foreign, own])]).toEqual([null, null])
})
