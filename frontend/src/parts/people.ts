/** People: names and colours for the ids that the studio sends. */
import { pageData } from '../lib/page'
import { queries, useAsk } from '../wire/query'
import type { Person } from '../wire/types'

export function usePersonOf(isNeeded = true): (id: string | null | undefined) => Person | null {
  const { project, me } = pageData()
  const members = useAsk({ ...queries.members(project?.id ?? ''), enabled: project !== null && isNeeded })
  return (id) => {
    if (!id) return null
    return members.data?.items.find((one) => one.user.id === id)?.user ?? (me?.id === id ? me : null)
  }
}

/** "Ines" of "Ines Marchetti"; "Somebody" when they have left. */
export function firstName(person: Person | null): string {
  return person ? (person.name.split(' ')[0] ?? person.name) || (person.email ?? 'Somebody') : 'Somebody'
}
