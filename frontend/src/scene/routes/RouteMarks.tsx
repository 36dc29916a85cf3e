/** Over a slider's groove: where each route carries the value, where it is now, and stripes where its range ends that. */
import { useEffect, useMemo, useRef } from 'react'
import { shareOf, type Field } from '../schema'
import { bandOf, clampedPlaces, valueNow } from './band'
import { routeHue, useRoutesOn } from './context'

export function RouteMarks({ field, value }: { field: Field; value: number }) {
  const { about, acting } = useRoutesOn(field.name)
  const ends = useMemo(() => new Set(about ? clampedPlaces(field, value, acting, about.desk.view.durationSeconds).map(({ end }) => end) : []), [about, field, value, acting])
  if (!about || acting.length === 0) return null
  const all = about.draft.scene.get().routes
  const hueOf = (id: string): string => {
    const route = all.find((one) => one.id === id)
    return `var(--${route ? routeHue(route, about) : 'hue-grey'})`
  }
  return (
    <>
      {acting.map((moved) => {
        const band = bandOf(field, value, moved)
        return band && <i key={moved.route.id} className="sweep" data-route={moved.route.id} style={{ '--lo': band.low, '--hi': band.high, '--route': hueOf(moved.route.id) } as React.CSSProperties} />
      })}
      {ends.has('high') && <i className="over" />}
      {ends.has('low') && <i className="over under" />}
      <Live field={field} value={value} hue={acting[0] ? hueOf(acting[0].route.id) : ''} />
    </>
  )
}

/** Moves with the sound. */
function Live({ field, value, hue }: { field: Field; value: number; hue: string }) {
  const { about, acting } = useRoutesOn(field.name)
  const tick = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!about) return
    const show = (): void => {
      const now = valueNow(field, value, acting, about.desk.player.seconds)
      tick.current?.style.setProperty('--now', String(shareOf(field, now)))
    }
    show()
    return about.desk.player.events.on('tick', show)
  }, [about, field, value, acting])
  return <i className="live" ref={tick} style={{ '--route': hue } as React.CSSProperties} />
}
