/** Samples one by one: a line through them, and a point on each once there is room for points. */
import type { Drawing } from './lane_canvas'
import type { Samples } from './samples'
import type { WavePart } from './draw_wave'

const POINTS_FROM_PX = 5
const POINT_PX = 2
/** The tones of two channels: the second is fainter, so that both are seen where they part. */
const CHANNEL_TONES = [['wave', 'wave-played'], ['wave-peak', 'wave-played-peak']] as const

interface SamplesPart extends WavePart {
  gain: number
  tint: ((from: number, to: number) => string) | null
}

export function drawSamples(drawing: Drawing, samples: Samples, part: SamplesPart): void {
  const { context, height, colour } = drawing
  const sides = [{ from: Math.max(part.left, part.playedX), to: part.right, heard: 0 }, { from: part.left, to: Math.min(part.right, part.playedX), heard: 1 }] as const
  for (const { from, to, heard } of sides) {
    if (to <= from) continue
    context.save()
    context.beginPath()
    context.rect(from, 0, to - from, height)
    context.clip()
    for (let channel = samples.facts.channels - 1; channel >= 0; channel--) {
      context.strokeStyle = context.fillStyle = colour(CHANNEL_TONES[Math.min(1, channel)]![heard])
      drawChannel(drawing, samples, { channel, from, to, gain: part.gain })
    }
    context.restore()
  }
}

interface ChannelPart {
  channel: number
  from: number
  to: number
  gain: number
}

function drawChannel({ context, height, view }: Drawing, samples: Samples, { channel, from, to, gain }: ChannelPart): void {
  const rate = samples.facts.sample_rate
  const middle = height / 2
  const reach = middle * 0.94 * gain
  const first = Math.max(0, Math.floor((view.from + from / view.pxPerSecond) * rate) - 1)
  const last = Math.min(samples.facts.frame_count - 1, Math.ceil((view.from + to / view.pxPerSecond) * rate) + 1)
  context.beginPath()
  for (let frame = first; frame <= last; frame++) {
    const value = samples.at(frame, channel)
    if (value !== null) context.lineTo(view.xOf(frame / rate), middle - value * reach)
  }
  context.lineWidth = 1.25
  context.stroke()
  if (view.pxPerSecond / rate < POINTS_FROM_PX) return
  for (let frame = first; frame <= last; frame++) {
    const value = samples.at(frame, channel)
    if (value !== null) context.fillRect(view.xOf(frame / rate) - POINT_PX, middle - value * reach - POINT_PX, 2 * POINT_PX, 2 * POINT_PX)
  }
}
