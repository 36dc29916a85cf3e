/** Comments of a track or a film, in threads, kept fresh by what others say. */
import { useMemo } from 'react'
import type { SeekPin } from '../parts/SeekLine'
import { get, patch, post, request } from '../wire/api'
import { useProjectEvents } from '../shell/live'
import { queryClient, useAsk } from '../wire/query'
import type { Comment, Items } from '../wire/types'

/** What comments are about: `tracks` or `renders`, and its id. */
export interface About {
  noun: 'tracks' | 'renders'
  id: string
}

export interface Thread {
  head: Comment
  answers: Comment[]
}

export interface NewComment {
  text: string
  seconds?: number
  end_seconds?: number | null
  parent_id?: string
  mentions: string[]
}

export interface Comments {
  threads: readonly Thread[]
  error: unknown
  isPending: boolean
  add: (words: NewComment) => Promise<Comment>
  mend: (comment: Comment, text: string, mentions: string[]) => Promise<void>
  resolve: (comment: Comment, isResolved: boolean) => Promise<void>
  remove: (comment: Comment) => Promise<void>
  restore: (comment: Comment) => Promise<void>
}

export function useComments({ noun, id }: About): Comments {
  const key = useMemo(() => ['comments', noun, id], [noun, id])
  const found = useAsk({ queryKey: key, queryFn: ({ signal }) => get<Items<Comment>>(`/${noun}/${id}/comments`, signal) })
  const take = (comment: Comment): void => {
    queryClient.setQueryData<Items<Comment>>(key, (old) => old && { items: withComment(old.items, comment) })
  }
  useProjectEvents((event) => {
    const comment = event.payload as unknown as Comment
    if (event.kind.startsWith('comment.') && (noun === 'tracks' ? comment.track_id : comment.render_id) === id) {
      // What comes back out of the bin brings its answers.
      if (event.kind === 'comment.restored') void queryClient.invalidateQueries({ queryKey: key })
      else take(comment)
    }
  })
  const threads = useMemo(() => threadsOf(found.data?.items ?? []), [found.data])
  const taking = async (asked: Promise<Comment>): Promise<Comment> => {
    const comment = await asked
    take(comment)
    return comment
  }
  return {
    threads,
    error: found.error,
    isPending: found.isPending,
    add: (words) => taking(post<Comment>(`/${noun}/${id}/comments`, words)),
    mend: async (comment, text, mentions) => void (await taking(patch<Comment>(`/comments/${comment.id}`, { text, mentions }))),
    resolve: async (comment, isResolved) => void (await taking(post<Comment>(`/comments/${comment.id}/resolve`, { is_resolved: isResolved }))),
    remove: async (comment) => void (await taking(request<Comment>('DELETE', `/comments/${comment.id}`))),
    restore: async (comment) => {
      await post(`/comments/${comment.id}/restore`)
      await queryClient.invalidateQueries({ queryKey: key })
    },
  }
}

/** The list with a newer version of one comment; one in the bin is gone, and its answers with it. */
export function withComment(items: readonly Comment[], comment: Comment): Comment[] {
  const others = items.filter((one) => one.id !== comment.id && !(comment.is_binned && one.parent_id === comment.id))
  return comment.is_binned ? others : [...others, comment]
}

/** Heads in the order of their moments, answers in the order in which they were given. */
export function threadsOf(items: readonly Comment[]): Thread[] {
  const heads = items.filter((one) => one.parent_id === null)
  const ordered = [...heads].sort((one, other) => one.seconds - other.seconds || one.created_at.localeCompare(other.created_at))
  return ordered.map((head) => ({
    head,
    answers: items.filter((one) => one.parent_id === head.id).sort((one, other) => one.created_at.localeCompare(other.created_at)),
  }))
}

/** The moments of open threads, for lines to seek in. */
export function pinsOf(threads: readonly Thread[]): SeekPin[] {
  return threads.filter(({ head }) => head.resolved_at === null)
    .map(({ head }) => ({ id: head.id, seconds: head.seconds, end_seconds: head.end_seconds, title: `${head.name}: ${head.text}` }))
}
