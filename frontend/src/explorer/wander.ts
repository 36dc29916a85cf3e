/** Wander: a path of random seeds from where one is. It is a path like any other: it can be saved. */
import type { Desk } from './desk'
import { plainOf } from './recipe'

const STOPS = 6
const BEATS_BETWEEN = 8
const SEEDS = 100_000

export function wander(desk: Desk): void {
  const { vector } = desk.explored.get()
  const stops = Array.from({ length: STOPS }, () => plainOf(vector, Math.floor(Math.random() * SEEDS)))
  desk.changePath((now) => ({ ...now, id: null, name: '', revision: 0, waypoints: [vector, ...stops].map((one) => ({ pin_id: null, vector: one, length: BEATS_BETWEEN })) }), 'Wander')
  desk.play()
}
