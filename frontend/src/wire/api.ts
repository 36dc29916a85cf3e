/** API: one way to ask the studio. Answers are JSON; a refusal is an ApiError with a sentence for the person. */
import { pageData } from '../lib/page'

export class ApiError extends Error {
  constructor(
    sentence: string,
    /** 0 = the studio could not be reached. */
    readonly status: number,
    /** The field that is wrong: "parameters.alpha". */
    readonly field: string | null = null,
    /** On 409: the thing as it is now. */
    readonly current: unknown = null,
    readonly fields: { field: string; message: string }[] = [],
  ) {
    super(sentence)
    this.name = 'ApiError'
  }

  get isOffline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }

  get isConflict(): boolean {
    return this.status === 409
  }
}

const CSRF_COOKIE = 'phosphene_csrf='

/** The cookie is newer than what the page was made with, after signing in again in another tab. */
export function csrfToken(): string {
  const cookie = document.cookie.split('; ').find((part) => part.startsWith(CSRF_COOKIE))
  return cookie ? decodeURIComponent(cookie.slice(CSRF_COOKIE.length)) : pageData().csrf
}

const OFFLINE = 'No connection to the studio. Look whether it runs, then try again.'

const plainSentences: Record<number, string> = {
  401: 'You are signed out. Sign in again to go on.',
  403: 'You may look at this, but not change it. Ask an owner to make you an editor.',
  404: 'There is nothing here, or it is not shared with you.',
  413: 'This is more than the studio takes in one piece.',
  429: 'Too much at once. Wait a moment, then try again.',
  500: 'The studio ran into a fault of its own. Try again; if it stays, look at the log of the studio.',
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export interface RequestOptions {
  body?: unknown
  /** Sent as it is, in place of `body`. */
  file?: Blob
  signal?: AbortSignal | undefined
}

/** Asks `/api/v1` + path. `Answer` is what the API promises there; 204 gives undefined. */
export async function request<Answer>(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.file) headers['Content-Type'] = 'application/octet-stream'
  else if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken()
  let response: Response
  try {
    response = await fetch(path.startsWith('/api/') ? path : `/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      body: options.file ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: options.signal ?? null,
    })
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault
    throw new ApiError(OFFLINE, 0)
  }
  const answer = await readJson(response)
  if (!response.ok) throw errorFrom(response.status, answer)
  return answer as Answer
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

interface ErrorBody {
  detail?: string | { loc?: (string | number)[]; msg?: string }[]
  field?: string | null
  current?: unknown
  fields?: { field: string; message: string }[]
}

export function errorFrom(status: number, answer: unknown): ApiError {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as ErrorBody
  const fields = body.fields ?? (Array.isArray(body.detail) ? body.detail.map(flatten) : [])
  const sentence =
    (typeof body.detail === 'string' ? body.detail : fields[0]?.message) ??
    plainSentences[status] ??
    (status >= 500 ? plainSentences[500] : undefined) ??
    `The studio answered with ${status}. Try again.`
  return new ApiError(sentence, status, body.field ?? fields[0]?.field ?? null, body.current ?? null, fields)
}

function flatten(one: { loc?: (string | number)[]; msg?: string }): { field: string; message: string } {
  const path = (one.loc ?? []).filter((part) => !['body', 'payload', 'query', 'path', 'order', 'data'].includes(String(part)))
  return { field: path.join('.'), message: one.msg ?? 'This value is not right.' }
}

export const get = <Answer>(path: string, signal?: AbortSignal) => request<Answer>('GET', path, { signal })
export const post = <Answer>(path: string, body: unknown = {}) => request<Answer>('POST', path, { body })
export const patch = <Answer>(path: string, body: unknown) => request<Answer>('PATCH', path, { body })
export const put = <Answer>(path: string, body: unknown) => request<Answer>('PUT', path, { body })
export const remove = (path: string) => request<void>('DELETE', path)

/** What to tell a person about any fault. */
export function sentenceOf(fault: unknown): string {
  if (fault instanceof Error) return fault.message
  return 'Something went wrong here. Reload the page.'
}
