/** Provisional: an index made of the first page alone, so that the grid shows portraits before they have been counted. */
import type { IndexSection, LibraryIndex, Portrait } from './wire'

/** Runs of one sitting after the other, as the studio tells them of the whole. */
function sectionsOf(items: readonly Portrait[]): IndexSection[] {
  const found: IndexSection[] = []
  items.forEach((one, rank) => {
    const last = found.at(-1)
    if (last?.session_id === one.session_id) {
      last.count += 1
      last.matched += 1
      last.last_at = one.taken_at
    } else found.push({ session_id: one.session_id, session_ids: [one.session_id], rank, count: 1, matched: 1, first_at: one.taken_at, last_at: one.taken_at })
  })
  return found
}

export function provisionalIndex(items: readonly Portrait[], isByTime: boolean): LibraryIndex {
  return {
    count: items.length,
    total: items.length,
    stops: items[0] ? [{ rank: 0, key: null, taken_at: items[0].taken_at }] : [],
    sections: isByTime ? sectionsOf(items) : [],
    months: [],
    verdicts: { any: 0, unreviewed: 0, picked: 0, rejected: 0 },
    at_rank: null,
  }
}
