// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { TipProvider } from '../parts/Tooltip'
import { ApiError, get, patch } from '../wire/api'
import { queryClient } from '../wire/query'
import { ChangeSettings } from './ChangeSettings'
import { Failure } from './Failure'
import { fieldWith, runWith } from './fixtures'

vi.mock('../lib/page', () => ({ mayEdit: () => true, projectId: () => 'p1', pageData: () => ({}) }))
vi.mock('../wire/api', async (original) => ({ ...(await original()), get: vi.fn(), patch: vi.fn() }))

const gamma = fieldWith({ name: 'gamma', title: 'R1 weight', kind: 'number', value: 0.0512, default: 0.0512, minimum: 0, maximum: 10_000 })
const rate = fieldWith({ name: 'g_rate', title: 'Learning rate', kind: 'number', value: 0.0025, default: 0.0025, minimum: 0, maximum: null })
const onClose = vi.fn()

beforeEach(() => {
  queryClient.clear()
  vi.mocked(get).mockReset().mockResolvedValue({ items: [gamma, rate] })
  vi.mocked(patch).mockReset().mockResolvedValue(runWith({ revision: 2 }))
})

async function fieldsOfDialog(): Promise<HTMLElement> {
  render(<QueryClientProvider client={queryClient}><TipProvider><ChangeSettings run={runWith({ state: 'paused' })} onClose={onClose} /></TipProvider></QueryClientProvider>)
  return screen.findByRole('textbox', { name: 'R1 weight' })
}

function type(field: HTMLElement, text: string): void {
  fireEvent.change(field, { target: { value: text } })
  fireEvent.blur(field)
}

const act = (): HTMLElement => screen.getByRole('button', { name: 'Change' })

test('only what was changed is sent', async () => {
  const field = await fieldsOfDialog()
  expect(act().getAttribute('aria-disabled')).toBe('true')
  type(field, '0.1')
  fireEvent.click(act())
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(vi.mocked(patch).mock.calls).toEqual([['/training/runs/r1', { changes: { gamma: 0.1 } }]])
})

test('what is no value is told before anything is sent', async () => {
  type(await fieldsOfDialog(), '-1')
  expect(screen.getByRole('alert').textContent).toBe('From 0 to 10,000.')
  fireEvent.click(act())
  expect(patch).not.toHaveBeenCalled()
})

test('what the studio refuses stands at its field', async () => {
  vi.mocked(patch).mockRejectedValue(new ApiError('Learning rate: input should be greater than 0.', 422, 'changes.g_rate'))
  await fieldsOfDialog()
  type(screen.getByRole('textbox', { name: 'Learning rate' }), '0')
  fireEvent.submit(act().closest('form')!)
  const told = await screen.findByRole('alert')
  expect([told.textContent, told.closest('[data-setting]')?.getAttribute('data-setting')]).toEqual(['Learning rate: input should be greater than 0.', 'g_rate'])
})

test('a run that diverged goes on with what is advised by one press', async () => {
  const advice = [{ title: 'Go on with twice the R1', changes: { gamma: 0.1024 } }, { title: 'Go on in fp32', changes: { precision: 'fp32' } }]
  render(<TipProvider><Failure run={runWith({ state: 'failed', sentence: 'A loss is no number any more.', advice })} words={{}} /></TipProvider>)
  expect(screen.getByRole('alert').textContent).toContain('A loss is no number any more.')
  fireEvent.click(screen.getByRole('button', { name: 'Go on in fp32' }))
  await waitFor(() => expect(vi.mocked(patch).mock.calls).toEqual([['/training/runs/r1', { changes: { precision: 'fp32' }, wanted: 'run' }]]))
})
