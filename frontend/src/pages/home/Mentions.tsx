/** Where others named the person who looks: each leads to the moment and to what was said. */
import { clock, when } from '../../lib/format'
import { address, projectId } from '../../lib/page'
import { useProjectEvents } from '../../shell/live'
import { get } from '../../wire/api'
import { queryClient, useAsk } from '../../wire/query'
import type { Comment, Items } from '../../wire/types'

export function Mentions() {
  const key = ['mentions', projectId()]
  const found = useAsk({ queryKey: key, queryFn: ({ signal }) => get<Items<Comment>>(`/projects/${projectId()}/mentions`, signal) })
  useProjectEvents((event) => {
    if (event.kind.startsWith('comment.')) void queryClient.invalidateQueries({ queryKey: key })
  })
  const items = found.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section aria-label="You were mentioned">
      <div className="head"><h3>You were mentioned</h3><span className="num xs faint">{items.length}</span></div>
      <div className="mentions">
        {items.map((one) => (
          <a key={one.id} className="plain sect" href={addressOf(one)}>
            <div className="row tight xs"><span className="strong clip">{one.name}</span><span className="num faint">{clock(one.seconds)}</span><span className="faint end nowrap">{when(one.created_at)}</span></div>
            <div className="clip">{one.text}</div>
          </a>
        ))}
      </div>
    </section>
  )
}

function addressOf(comment: Comment): string {
  const page = comment.track_id ? address.track(comment.track_id) : address.render(comment.render_id ?? '')
  return `${page}?t=${comment.seconds.toFixed(2)}&comment=${comment.parent_id ?? comment.id}`
}
