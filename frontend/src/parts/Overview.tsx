/** Overview: a whole track's sound as one small picture; the played part in the accent, a red line where we are. */
import { fitCanvas, token } from '../lib/element'
import { useWidget } from '../lib/widget'

interface OverviewProps {
  /** Peaks, 0 to 1, equally spaced over the track. */
  peaks: readonly number[] | null
  /** Share that has been played, or null. */
  played?: number | null
  /** Share from which on nothing is there yet: drawn fainter. */
  end?: number
  height?: number
}

export function Overview({ peaks, played = null, end = 1, height = 26 }: OverviewProps) {
  const holder = useWidget<HTMLCanvasElement>((scope, canvas) => {
    const draw = (): void => paint(canvas, peaks ?? [], played, end)
    const observer = new ResizeObserver(draw)
    observer.observe(canvas)
    scope.add(() => observer.disconnect())
    scope.listen(window, 'theme', draw)
    draw()
  }, [peaks, played, end])
  if (peaks === null || peaks.length === 0) return <div className="faint xs" style={{ height, lineHeight: `${height}px` }}>–</div>
  return <canvas ref={holder} style={{ height }} aria-hidden="true" />
}

/** The highest peak under each column of `width` px: bars one pixel wide. */
export function columns(peaks: readonly number[], width: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor(width)) }, (_, x) => {
    const from = Math.floor((x / width) * peaks.length)
    const to = Math.max(from + 1, Math.ceil(((x + 1) / width) * peaks.length))
    // Fewer peaks than columns: between two of them the line goes straight.
    if (peaks.length < width) return between(peaks, (x / width) * (peaks.length - 1))
    let highest = 0
    for (let at = from; at < to && at < peaks.length; at += 1) highest = Math.max(highest, peaks[at] ?? 0)
    return highest
  })
}

function between(peaks: readonly number[], place: number): number {
  const low = Math.floor(place)
  const [left, right] = [peaks[low] ?? 0, peaks[Math.min(low + 1, peaks.length - 1)] ?? 0]
  return left + (right - left) * (place - low)
}

function paint(canvas: HTMLCanvasElement, peaks: readonly number[], played: number | null, end: number): void {
  const fitted = fitCanvas(canvas)
  if (!fitted || peaks.length === 0) return
  const [context, width, height] = fitted
  const [wave, done] = [token(canvas, 'wave'), token(canvas, 'wave-played')]
  columns(peaks, width).forEach((peak, x) => {
    const share = x / width
    context.fillStyle = played !== null && share < played ? done : wave
    context.globalAlpha = share < end ? 1 : 0.4
    const half = Math.max(0.5, (peak * (height - 2)) / 2)
    context.fillRect(x, height / 2 - half, 1, half * 2)
  })
  context.globalAlpha = 1
  if (played === null) return
  context.fillStyle = token(canvas, 'playhead')
  context.fillRect(Math.round(played * width), 0, 1, height)
}
