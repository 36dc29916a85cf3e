/** Band: where routes carry a value along its slider, where they want it beyond its range, and amounts in its own unit. */
import type { RouteSpec } from '../../wire/types'
import { shareOf, shown, type Field } from '../schema'
import type { RouteCurve } from './source_curves'

export interface Band {
  /** Shares of the slider's way, 0…1. */
  low: number
  high: number
}

/** A stretch of time in which the sum of the routes lies beyond the range. */
export interface ClampedPlace {
  from: number
  to: number
  end: 'low' | 'high'
}

export interface Moved {
  route: Pick<RouteSpec, 'id' | 'amount' | 'offset'>
  curve: RouteCurve | null
  /** What drives its amount. */
  amountBy?: readonly Moved[]
}

const MOST_AMOUNT = 4
const AMOUNT_WAY = 2

/** `base` moved by a share of the slider's way, along its scale, before it is clamped. */
export function movedBy(field: Field, base: number, share: number): number {
  const { minimum, maximum, isLog } = field
  return isLog ? base * (maximum / minimum) ** share : base + share * (maximum - minimum)
}

/** From where to where one route alone carries the value. */
export function bandOf(field: Field, base: number, { route, curve }: Moved): Band | null {
  if (!curve || curve.values.length === 0) return null
  let [least, most] = [Infinity, -Infinity]
  for (const level of curve.values) {
    if (level < least) least = level
    if (level > most) most = level
  }
  const [one, other] = [least, most].map((level) => shareOf(field, clampedValue(field, movedBy(field, base, route.amount * level + route.offset)))) as [number, number]
  return { low: Math.min(one, other), high: Math.max(one, other) }
}

export function clampedValue({ least, most, isWhole }: Field, value: number): number {
  const kept = Math.min(most, Math.max(least, value))
  return isWhole ? Math.round(kept) : kept
}

/** By how much of the slider's way all routes together move it at a second. */
export function moveAt(moved: readonly Moved[], seconds: number): number {
  return moved.reduce((sum, one) => sum + (one.curve ? amountAt(one, seconds) * levelAt(one.curve, seconds) + one.route.offset : 0), 0)
}

function amountAt({ route, amountBy = [] }: Moved, seconds: number): number {
  if (amountBy.length === 0) return route.amount
  return Math.min(MOST_AMOUNT, Math.max(-MOST_AMOUNT, route.amount + AMOUNT_WAY * moveAt(amountBy, seconds)))
}

export function valueNow(field: Field, base: number, moved: readonly Moved[], seconds: number): number {
  return clampedValue(field, movedBy(field, base, moveAt(moved, seconds)))
}

export function levelAt({ values, rate }: RouteCurve, seconds: number): number {
  if (values.length === 0) return 0
  const at = Math.min(values.length - 1, Math.max(0, seconds * rate))
  const index = Math.floor(at)
  const next = values[Math.min(values.length - 1, index + 1)]!
  return values[index]! + (next - values[index]!) * (at - index)
}

/** Where the routes together want more, or less, than there is. Stretches nearer than 0.1 s are one place. */
export function clampedPlaces(field: Field, base: number, moved: readonly Moved[], duration: number): ClampedPlace[] {
  const rate = Math.max(0, ...moved.map(({ curve }) => curve?.rate ?? 0))
  if (rate === 0) return []
  const places: ClampedPlace[] = []
  const hair = 1e-9 * Math.max(1, Math.abs(field.most), Math.abs(field.least))
  for (let index = 0; index < duration * rate; index++) {
    const seconds = index / rate
    const move = moveAt(moved, seconds)
    if (move === 0) continue
    const wanted = movedBy(field, base, move)
    const end = wanted > field.most + hair ? 'high' : wanted < field.least - hair ? 'low' : null
    if (end === null) continue
    const last = places.at(-1)
    if (last && last.end === end && seconds - last.to < 0.1 + 1 / rate) last.to = seconds + 1 / rate
    else places.push({ from: seconds, to: seconds + 1 / rate, end })
  }
  return places
}

/** "Clamped at 5.00 in 6 places." */
export function clampedWords(field: Field, places: readonly ClampedPlace[]): string {
  const ends = (['low', 'high'] as const).filter((end) => places.some((one) => one.end === end))
  const values = ends.map((end) => shown(field, end === 'low' ? field.least : field.most)).join(' and ')
  return `Clamped at ${values} in ${places.length === 1 ? '1 place' : `${places.length} places`}.`
}

/** The place after this second, or the first again. */
export function placeAfter(places: readonly ClampedPlace[], seconds: number): ClampedPlace | null {
  return places.find(({ from }) => from > seconds + 0.01) ?? places[0] ?? null
}

/** How far an amount carries, in the parameter's own unit: "+0.45"; along a logarithmic slider as a factor: "× 2.1". */
export function amountWords(field: Field | null, amount: number): string {
  if (!field) return signed(amount, 2)
  if (field.isLog) return `× ${((field.maximum / field.minimum) ** amount).toPrecision(2)}`
  const way = amount * (field.maximum - field.minimum)
  const decimals = field.isWhole ? 1 : Math.max(0, Math.min(4, Math.ceil(-Math.log10(field.step) - 1e-9)))
  return signed(way, decimals)
}

function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals)
  return `${value < 0 && Number(text) !== 0 ? '−' : '+'}${text}`
}
