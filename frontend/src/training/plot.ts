/** Plot: curves over kimg or hours. Drag to zoom, double-click to see all; every plot of a page shows the same place. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { token } from '../lib/element'
import type { Scope } from '../lib/scope'

export interface PlotLine {
  title: string
  hue: string
  dash?: number[]
}

interface PlotOptions {
  lines: readonly PlotLine[]
  /** What x is called and how it is written. */
  xWords: (value: number) => string
  yWords: (value: number) => string
  range?: readonly [number, number] | undefined
  /** Plots of one name share their cursor and zoom. */
  group: string
  /** Under the pointer: the row, or null when it left. */
  onHover: (row: number | null) => void
  /** Pressed without dragging: the x there. */
  onPress?: ((x: number) => void) | undefined
  /** A part of the x axis was chosen, or null for all of it. */
  onZoom: (span: readonly [number, number] | null) => void
}

export interface Plot {
  setData(x: readonly number[], values: readonly (readonly (number | null)[])[]): void
  /** The part of x that is seen; null = all. */
  setSpan(span: readonly [number, number] | null): void
  /** Where the film stands; null = nowhere. */
  setMark(x: number | null): void
  /** Where snapshots are. */
  setTicks(x: readonly number[]): void
}

const [X_HEIGHT, Y_WIDTH, DRAG_PX] = [22, 46, 5]

export function createPlot(scope: Scope, parent: HTMLElement, options: PlotOptions): Plot {
  let [mark, ticks, span]: [number | null, readonly number[], readonly [number, number] | null] = [null, [], null]
  let data: uPlot.AlignedData = [[], ...options.lines.map(() => [])]
  let plot = make()

  function make(): uPlot {
    const colour = (name: string): string => token(parent, name)
    const axis = { stroke: colour('text-faint'), font: `11px ${colour('font')}`, grid: { stroke: colour('line-faint'), width: 1 }, ticks: { show: false }, gap: 4 }
    const made = new uPlot({
      width: Math.max(80, parent.clientWidth),
      height: Math.max(60, parent.clientHeight),
      legend: { show: false },
      padding: [6, 16, 0, 0],
      scales: { x: { time: false, range: (_, low, high) => span ? [span[0], span[1]] : wide(low, high) }, y: { range: (_, low, high) => yRange(low, high) } },
      axes: [
        { ...axis, size: X_HEIGHT, space: 60, values: (_, values) => values.map(options.xWords) },
        { ...axis, size: Y_WIDTH, space: 28, values: (_, values) => values.map(options.yWords) },
      ],
      series: [{}, ...options.lines.map((line) => ({
        label: line.title, stroke: colour(`hue-${line.hue}`), width: 1.5, spanGaps: true, points: { show: false }, ...(line.dash ? { dash: line.dash } : {}),
      }))],
      cursor: { sync: { key: options.group, scales: ['x', null] }, drag: { x: true, y: false, setScale: false, dist: DRAG_PX }, points: { size: 6 }, y: false },
      hooks: {
        setCursor: [(self) => options.onHover(self.cursor.left === undefined || self.cursor.left < 0 ? null : (self.cursor.idx ?? null))],
        setSelect: [(self) => {
          if (self.select.width < DRAG_PX) return
          options.onZoom([self.posToVal(self.select.left, 'x'), self.posToVal(self.select.left + self.select.width, 'x')])
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        }],
        drawClear: [drawTicks],
        draw: [drawMark],
      },
    }, data, parent)
    made.over.addEventListener('dblclick', () => options.onZoom(null))
    let down = -1
    made.over.addEventListener('pointerdown', (event) => (down = event.clientX))
    made.over.addEventListener('click', (event) => {
      if (Math.abs(event.clientX - down) < DRAG_PX) options.onPress?.(made.posToVal(event.clientX - made.over.getBoundingClientRect().left, 'x'))
    })
    return made
  }

  function yRange(low: number | null, high: number | null): [number, number] {
    if (options.range) return [options.range[0], options.range[1]]
    if (low === null || high === null) return [0, 1]
    const least = Math.min(0, low)
    const room = (high - least) * 0.08 || 0.5
    return [low < 0 ? low - room : 0, high + room]
  }

  function drawTicks(self: uPlot): void {
    const { ctx, bbox } = self
    ctx.save()
    ctx.fillStyle = token(parent, 'line-field')
    for (const at of ticks) {
      const x = self.valToPos(at, 'x', true)
      if (x >= bbox.left && x <= bbox.left + bbox.width) ctx.fillRect(Math.round(x), bbox.top + bbox.height - 5 * devicePixelRatio, devicePixelRatio, 5 * devicePixelRatio)
    }
    ctx.restore()
  }

  function drawMark(self: uPlot): void {
    if (mark === null) return
    const { ctx, bbox } = self
    const x = self.valToPos(mark, 'x', true)
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return
    ctx.save()
    ctx.fillStyle = token(parent, 'playhead')
    ctx.fillRect(Math.round(x), bbox.top, devicePixelRatio, bbox.height)
    ctx.restore()
  }

  const again = (): void => {
    plot.destroy()
    plot = make()
  }
  const observer = new ResizeObserver(() => {
    if (parent.clientWidth > 0) plot.setSize({ width: Math.max(80, parent.clientWidth), height: Math.max(60, parent.clientHeight) })
  })
  observer.observe(parent)
  // Colours are read once for each plot.
  scope.listen(window, 'theme', again)
  scope.add(() => {
    observer.disconnect()
    plot.destroy()
  })

  return {
    setData(x, values) {
      data = [[...x], ...values.map((one) => [...one])] as uPlot.AlignedData
      plot.setData(data)
    },
    setSpan(next) {
      span = next
      plot.setData(data)
    },
    setMark(next) {
      mark = next
      plot.redraw(false, false)
    },
    setTicks(next) {
      ticks = next
      plot.redraw(false, false)
    },
  }
}

/** One point alone still has an axis. */
function wide(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1]
  return low === high ? [low, low + 1] : [low, high]
}
