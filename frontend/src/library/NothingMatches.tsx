/** An empty grid says why, and what would show something. */
import { count } from '../lib/format'
import { useStore } from '../lib/store'
import { Empty } from '../parts/basics'
import { Button } from '../parts/Button'
import { clearedOf } from './choose'
import type { Desk } from './desk'
import { conditionsOf, type ConditionName } from './filter'
import { quotedChip } from './words'

const numbers = ['', '', 'both', 'all three', 'all four', 'all five', 'all six']

/** The chip whose removal shows the most, by the counts of what is left without each. */
export function worstOf(set: readonly ConditionName[], left: Record<string, number> | undefined): { name: ConditionName; count: number } | null {
  const found = set.map((name) => ({ name, count: left?.[name] ?? 0 })).sort((a, b) => b.count - a.count)[0]
  return found && found.count > 0 ? found : null
}

export function NothingMatches({ desk, names }: { desk: Desk; names: (id: string) => string }) {
  const { filter } = useStore(desk.place)
  const counts = useStore(desk.counts)
  const facets = useStore(desk.facets)
  const set = conditionsOf(filter)
  const showAll = <Button onClick={() => desk.show({ ...filter, verdict: 'any' })}>Show all {count(counts.any)}</Button>
  if (filter.binned && set.length === 0) return <Empty title="The bin is empty">What is put in the bin stays here for 30 days and can be taken out again.</Empty>
  if (counts.any > 0 && filter.verdict === 'unreviewed') {
    return (
      <Empty title="Everything here is reviewed" action={<div className="row">{showAll}{counts.picked > 0 && <Button onClick={() => desk.show({ ...filter, verdict: 'picked' })}>Show the {count(counts.picked)} picked</Button>}</div>}>
        {count(counts.picked)} picked, {count(counts.rejected)} rejected. Undo takes the last decision back.
      </Empty>
    )
  }
  if (counts.any > 0) return <Empty title={filter.verdict === 'picked' ? 'Nothing is picked here' : 'Nothing is rejected here'} action={showAll}>{filter.verdict === 'picked' ? 'P picks the portrait that is looked at.' : 'X rejects the portrait that is looked at.'}</Empty>
  if (set.length === 0) return <Empty title="No portrait here yet">Photos appear here as they arrive.</Empty>
  const worst = worstOf(set, facets?.without)
  const title = set.length === 1 ? 'No portrait matches this filter' : `No portrait matches ${numbers[set.length] ?? `all ${set.length}`} filters`
  return (
    <Empty title={title} action={worst && <Button onClick={() => clearedOf(desk, worst.name)}>Remove {quotedChip(filter, worst.name, names)}</Button>}>
      {worst ? `Removing ${quotedChip(filter, worst.name, names)} would show ${count(worst.count)}.` : 'No single filter is in the way: take several away.'}
    </Empty>
  )
}
