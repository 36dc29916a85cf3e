/** Make: a new dataset, shown in the list at once. */
import type { Dataset } from '../../library/wire'
import { post } from '../../wire/api'
import { refresh } from '../../wire/query'

export async function makeDataset(project: string, name: string): Promise<Dataset> {
  const made = await post<Dataset>(`/projects/${project}/datasets`, { name, note: '' })
  await refresh('datasets')
  return made
}

/** "Photos of 21 November", with a number where that is taken. */
export function freeName(taken: readonly string[], now: Date = new Date()): string {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(now)
  const wished = `Photos of ${day}`
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wished : `${wished}, ${number}`
    if (!taken.includes(name)) return name
  }
}
