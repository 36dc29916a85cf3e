/** Decisions: what a mark changes on the page at once, and how it goes to the studio one after the other. */
import { saving } from '../wire/saving'
import type { Verdict } from './filter'
import type { BatchAnswer, Decision, Portrait } from './wire'

export type VerdictCounts = Record<Verdict, number>

const tabOf: Record<number, Exclude<Verdict, 'any'>> = { [-1]: 'rejected', 0: 'unreviewed', 1: 'picked' }

/** The tab that a portrait of this verdict stands under. */
export function tabOfVerdict(verdict: number): Exclude<Verdict, 'any'> {
  return tabOf[verdict] ?? 'unreviewed'
}

export function standsUnder(portrait: Pick<Portrait, 'verdict'>, tab: Verdict): boolean {
  return tab === 'any' || tabOfVerdict(portrait.verdict) === tab
}

export function decided(portrait: Portrait, decision: Decision, by: Portrait['decided_by'], at: string): Portrait {
  return { ...portrait, ...decision, decided_by: by, decided_at: at }
}

/** The counts after these portraits went from what they were to `verdict`. */
export function movedCounts(counts: VerdictCounts, before: Iterable<Pick<Portrait, 'verdict'>>, verdict: number): VerdictCounts {
  const made = { ...counts }
  for (const one of before) {
    made[tabOfVerdict(one.verdict)] -= 1
    made[tabOfVerdict(verdict)] += 1
  }
  for (const tab of Object.keys(made) as Verdict[]) made[tab] = Math.max(0, made[tab])
  return made
}

/** "Picked 12 portraits", "Gave 3 stars to 4 portraits". */
export function decisionWords(decision: Decision, count: number): string {
  const many = `${count.toLocaleString('en-US')} ${count === 1 ? 'portrait' : 'portraits'}`
  if (decision.verdict !== undefined) return { [-1]: `Rejected ${many}.`, 0: `Took back the decision on ${many}.`, 1: `Picked ${many}.` }[decision.verdict]
  return decision.stars === 0 ? `Took the stars from ${many}.` : `Gave ${decision.stars} ${decision.stars === 1 ? 'star' : 'stars'} to ${many}.`
}

/** One person's decisions go out in the order in which they were made; without a connection they wait. */
export function createLine() {
  let [tail, numbers]: [Promise<unknown>, number] = [Promise.resolve(), 0]
  return {
    /** Null: a newer decision on the same portrait took its place before it was sent. */
    send(key: string | null, act: () => Promise<BatchAnswer>): Promise<BatchAnswer | null> {
      numbers += 1
      const sent = saving.save(key ?? `library:${numbers}`, () => {
        const mine = tail.then(act, act)
        tail = mine.catch(() => undefined)
        return mine
      })
      return sent
    },
    /** When everything sent so far has been answered. */
    settled: () => tail,
  }
}
