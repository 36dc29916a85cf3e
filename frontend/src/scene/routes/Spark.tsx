/** The curve of a route around the playhead, as large as a word. */
import { useEffect, useRef } from 'react'
import { fitCanvas, token } from '../../lib/element'
import type { RouteSpec } from '../../wire/types'
import { levelAt } from './band'
import { routeHue, type RouteDesk } from './context'

const SECONDS = 4

export function Spark({ route, about }: { route: RouteSpec; about: RouteDesk }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const curve = about.curves.get(route.id) ?? null
  const hue = routeHue(route, about)
  useEffect(() => {
    if (!curve) return
    let shownAt = NaN
    const draw = (): void => {
      const box = canvas.current
      const from = about.desk.player.seconds - SECONDS / 2
      // Less than a pixel's way draws the same again.
      if (!box || Math.abs(from - shownAt) < SECONDS / 64) return
      const fitted = fitCanvas(box)
      if (!fitted) return
      shownAt = from
      const [context, width, height] = fitted
      const area = new Path2D(`M0 ${height}`)
      for (let x = 0; x <= width; x++) area.lineTo(x, height - 1 - levelAt(curve, from + (x / width) * SECONDS) * (height - 3))
      context.strokeStyle = context.fillStyle = token(box, hue)
      context.stroke(area)
      area.lineTo(width, height)
      context.globalAlpha = 0.25
      context.fill(area)
    }
    draw()
    const stop = about.desk.player.events.on('tick', draw)
    const again = (): void => {
      shownAt = NaN
      draw()
    }
    window.addEventListener('theme', again)
    return () => {
      stop()
      window.removeEventListener('theme', again)
    }
  }, [about, curve, hue])
  return <span className="spark" aria-hidden="true"><canvas ref={canvas} /></span>
}
