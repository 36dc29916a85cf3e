/** Figures of a preview, on demand: how many pictures a second are shown, how late, how many were dropped. */

export interface PreviewStats {
  shown: number
  dropped: number
  /** How far the shown picture lies behind the sound, the mean of the last second. */
  delayMs: number
  /** From asking for the preview to its first picture on the screen. */
  firstFrameMs: number | null
  /** Shown in the last second. */
  fps: number
  /** 95th percentile from the start of drawing to the screen, without the way between. */
  drawToScreenMs: number
  /** How far ahead of the sound the service draws. */
  leadMs: number
}

interface Shown {
  at: number
  delayMs: number
  drawToScreenMs: number
}

const WINDOW_MS = 1000

export class StatsKeeper {
  private recent: Shown[] = []
  private shown = 0
  private askedAt = 0
  private firstFrameMs: number | null = null

  asked(at: number): void {
    this.askedAt = at
    this.firstFrameMs = null
  }

  show(picture: Shown): void {
    this.shown += 1
    this.firstFrameMs ??= picture.at - this.askedAt
    this.recent.push(picture)
    this.forget(picture.at)
  }

  read(at: number, { dropped, leadMs }: { dropped: number; leadMs: number }): PreviewStats {
    this.forget(at)
    const count = this.recent.length
    const delays = this.recent.reduce((sum, one) => sum + one.delayMs, 0)
    const waits = this.recent.map((one) => one.drawToScreenMs).sort((one, other) => one - other)
    const firstAt = this.recent[0]?.at ?? at
    const span = Math.max(WINDOW_MS / 2, Math.min(WINDOW_MS, at - firstAt))
    return {
      shown: this.shown,
      dropped,
      delayMs: count ? delays / count : 0,
      firstFrameMs: this.firstFrameMs,
      fps: count > 1 ? (count * 1000) / span : 0,
      drawToScreenMs: waits[Math.floor(waits.length * 0.95)] ?? 0,
      leadMs,
    }
  }

  private forget(at: number): void {
    while (this.recent[0] && at - this.recent[0].at > WINDOW_MS) this.recent.shift()
  }
}
