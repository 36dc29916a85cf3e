import { expect, test } from 'vitest'
import { Lead } from './lead'

function run(lead: Lead, slack: () => number, rounds = 40): void {
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < 20; index++) lead.arrived(slack())
    lead.adapt()
  }
}

test('pictures that come late make the service draw further ahead, up to half a second', () => {
  const lead = new Lead()
  run(lead, () => -0.05)
  expect(lead.seconds).toBe(0.5)
})

test('pictures that come much too early bring the lead down, so that a change shows soon', () => {
  const lead = new Lead()
  run(lead, () => lead.seconds - 0.02)
  expect(lead.seconds).toBeLessThan(0.12)
})

test('a lead that fits is left alone', () => {
  const lead = new Lead()
  for (let index = 0; index < 40; index++) lead.arrived(0.045)
  expect(lead.adapt()).toBe(false)
})

test('a few pictures say nothing', () => {
  const lead = new Lead()
  for (let index = 0; index < 5; index++) lead.arrived(-1)
  expect(lead.adapt()).toBe(false)
})
