/** Draft: what a person has chosen of a new run, before it starts. It is kept in the page's address. */

export interface Draft {
  /** A version of a dataset, or a zip that was sent; at most one of them. */
  version: string | null
  upload: string | null
  /** The snapshot it begins from; null = from nothing. */
  start: string | null
  preset: string
  size: number | null
  /** How pictures of another size are made to fit. */
  fit: 'exact' | 'pad' | 'crop'
  /** Only what differs from the preset. */
  changes: Record<string, unknown>
}

const FIRST_PRESET = 'small'

export const emptyDraft: Draft = { version: null, upload: null, start: null, preset: FIRST_PRESET, size: null, fit: 'exact', changes: {} }

/** What the plan is asked with. */
export function planBody(draft: Draft): Record<string, unknown> {
  return {
    ...(draft.version ? { version_id: draft.version } : {}),
    ...(draft.upload ? { upload_id: draft.upload } : {}),
    ...(draft.start ? { start_snapshot_id: draft.start } : {}),
    ...(draft.size ? { size: draft.size } : {}),
    preset: draft.preset,
    fit: draft.fit,
    changes: draft.changes,
  }
}

export function readDraft(search: string): Draft {
  const said = new URLSearchParams(search)
  const fit = said.get('fit')
  return {
    version: said.get('version'),
    upload: said.get('upload'),
    start: said.get('start'),
    preset: said.get('preset') ?? FIRST_PRESET,
    size: Number(said.get('size')) || null,
    fit: fit === 'pad' || fit === 'crop' ? fit : 'exact',
    changes: readChanges(said.get('changes')),
  }
}

function readChanges(text: string | null): Record<string, unknown> {
  if (!text) return {}
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The address of a draft; what is as at first is left out. */
export function writeDraft(draft: Draft): string {
  const { changes, ...plain } = draft
  const said = Object.entries(plain).filter(([name, value]) => value !== null && value !== emptyDraft[name as keyof Draft])
  const words = new URLSearchParams(said.map(([name, value]) => [name, String(value)]))
  if (Object.keys(changes).length > 0) words.set('changes', JSON.stringify(changes))
  const text = words.toString()
  return text ? `?${text}` : ''
}

/**
 * One setting as the hand left it. Taken back to the preset's own value it is no change any more; where another change had
 * moved it (a batch moves the R1 weight), the preset's value has to be said.
 */
export function withChange(draft: Draft, name: string, value: unknown, byDefault: unknown): Draft {
  const { [name]: _before, ...rest } = draft.changes
  const isTakenBack = name in draft.changes && JSON.stringify(value) === JSON.stringify(byDefault)
  return { ...draft, changes: isTakenBack ? rest : { ...rest, [name]: value } }
}
