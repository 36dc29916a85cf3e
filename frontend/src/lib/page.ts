/** Page: what the studio wrote into the shell of this page: who looks, at which project and thing. */
import type { Me, Role, ServicesState, Shared } from '../wire/types'

export interface PageData {
  page: string
  me: Me | null
  project: { id: string; name: string; role: Role; is_demo?: boolean } | null
  ids: { track?: string; scene?: string; render?: string; network?: string; dataset?: string; training_run?: string; projection?: string }
  csrf: string
  version: string
  services: ServicesState | null
  /** Number of the project's newest event when this page was made, where the studio tells it. */
  last_event: number | null
  /** Of the join page: the invitation's token. Of the page behind a link: the link's. */
  token: string
  /** Of the page behind a link: what it opens, or why it opens nothing any more. */
  shared: Shared | null
  ended: string
  /** Of the sign-in page: where to go then, who tried, and why that failed. */
  next: string
  email: string
  error: string
}

const empty: PageData = {
  page: '', me: null, project: null, ids: {}, csrf: '', version: '', services: null, last_event: null, token: '', shared: null, ended: '', next: '/', email: '', error: '',
}

export function readPageData(): PageData {
  const text = document.getElementById('page-data')?.textContent
  if (!text) return empty
  const data = JSON.parse(text) as Partial<PageData>
  return { ...empty, ...data, ids: data.ids ?? {} }
}

let known: PageData | null = null

/** Read once: the shell does not change while the page is open. */
export function pageData(): PageData {
  known ??= readPageData()
  return known
}

export function projectId(): string {
  const { project } = pageData()
  if (project === null) throw new Error('This page belongs to no project.')
  return project.id
}

export function mayEdit(): boolean {
  const role = pageData().project?.role
  return role === 'owner' || role === 'editor'
}

export function isOwner(): boolean {
  return pageData().project?.role === 'owner'
}

/** Addresses of the pages, in one place. */
export const address = {
  projects: () => '/projects/',
  home: (project = projectId()) => `/p/${project}/`,
  place: (place: string, project = projectId()) => `/p/${project}/${place}/`,
  track: (id: string) => `/p/${projectId()}/tracks/${id}/`,
  scene: (id: string) => `/p/${projectId()}/scenes/${id}/`,
  render: (id: string) => `/p/${projectId()}/renders/${id}/`,
  dataset: (id: string, search = '') => `/p/${projectId()}/library/${id}/${search}`,
  network: (id: string) => `/p/${projectId()}/networks/${id}/`,
  /** The explorer of a network; `search` is its state, such as "?pin=…". */
  explore: (network: string, search = '') => `/p/${projectId()}/networks/${network}/explore/${search}`,
  /** An endless walk through a network; `search` is its state, such as "?snapshot=…". */
  walk: (network: string, search = '') => `/p/${projectId()}/networks/${network}/walk/${search}`,
  run: (id: string) => `/p/${projectId()}/training/${id}/`,
  /** A new run; `search` is what of it is chosen already, such as "?version=…". */
  newRun: (search = '') => `/p/${projectId()}/training/new/${search}`,
  trainAgain: (run: string) => `/p/${projectId()}/training/new/?like=${run}`,
  projection: (id: string) => `/p/${projectId()}/projections/${id}/`,
  /** A new projection; `search` is what of it is chosen already, such as "?target=…". */
  newProjection: (search = '') => `/p/${projectId()}/projections/new/${search}`,
  compareRuns: (ids: readonly string[]) => `/p/${projectId()}/training/compare/?runs=${ids.join()}`,
}
