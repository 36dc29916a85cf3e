// @vitest-environment jsdom
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { PreviewStats } from '../preview/stats'
import { FigureWords } from './StageBox'

const stats: PreviewStats = { shown: 90, dropped: 2, delayMs: 12.4, firstFrameMs: 140, fps: 29.8, drawToScreenMs: 60, leadMs: 120 }

test('a running picture tells its rate, its delay and what came late', () => {
  render(<FigureWords stats={stats} wanted="30" size="256 × 256" />)
  expect(document.body.textContent).toBe('256 × 256 preview29.8 of 30 frames/s12 ms behind the sound2 late')
})

test('a standing picture claims no delay', () => {
  render(<FigureWords stats={{ ...stats, fps: 0, delayMs: 0 }} wanted="30" size="256 × 256" />)
  expect(screen.queryByText(/ms behind/)).toBeNull()
  expect(screen.getByText(/Nothing to measure/)).toBeTruthy()
})
