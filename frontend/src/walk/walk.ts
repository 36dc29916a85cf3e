/** A walk: which way it leads and how fast, kept in the page's address, so that a wall shows the same again. */

export interface Walk {
  seed: number
  /** Seconds from one random vector to the next. */
  secondsEach: number
  truncation: number
}

export const plainWalk: Walk = { seed: 0, secondsEach: 4, truncation: 0.8 }
export const MOST_SEED = 2 ** 31 - 1
/** The walk closes here, so that the clock goes round without a jump: as long as anything may be that is drawn. */
export const ROUND_SECONDS = 6 * 3600

export function readWalk(search: string): Walk {
  const said = new URLSearchParams(search)
  const number = (name: string, least: number, most: number, plain: number): number => {
    const value = Number(said.get(name) || Number.NaN)
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : plain
  }
  return {
    seed: Math.floor(number('seed', 0, MOST_SEED, plainWalk.seed)),
    secondsEach: number('each', 0.1, 120, plainWalk.secondsEach),
    truncation: number('psi', 0, 2, plainWalk.truncation),
  }
}

/** The address of a walk; what is as at first is left out. */
export function writeWalk(walk: Walk, snapshot: string): string {
  const words = new URLSearchParams({ snapshot })
  if (walk.seed !== plainWalk.seed) words.set('seed', String(walk.seed))
  if (walk.secondsEach !== plainWalk.secondsEach) words.set('each', String(walk.secondsEach))
  if (walk.truncation !== plainWalk.truncation) words.set('psi', String(walk.truncation))
  return `?${words.toString()}`
}

/** As the visualizer names them. */
export function parametersOf({ seed, secondsEach, truncation }: Walk): Record<string, number> {
  return { seed, seconds_each: secondsEach, truncation }
}

export function anotherSeed(chance: number = Math.random()): number {
  return Math.floor(chance * MOST_SEED)
}

/** A seed that was typed; null for what is none. */
export function readSeed(text: string): number | null {
  const seed = Number(text.trim() || Number.NaN)
  return Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED ? seed : null
}
