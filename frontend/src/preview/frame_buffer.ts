/** Pictures that are there and whose moment is near: at most half a second of them, the one that belongs to the sound is shown. */

export interface HeldFrame {
  revision: number
  seconds: number
  isStill: boolean
  arrivedAt: number
  drawMs: number
  close(): void
}

export interface Moment {
  seconds: number
  isPlaying: boolean
  /** The span played round and round: what lies just behind its end is just ahead of its beginning. */
  loop: { from: number; to: number } | null
}

const HELD_SECONDS = 0.5
/** A picture may be shown this much before its time rather than after the next one's. */
const EARLY_SECONDS = 0.008
/** Nobody draws this far ahead: in a loop it is a picture that came so late that it looks like one of the next round. */
const TOO_FAR_SECONDS = 2 * HELD_SECONDS

export class FrameBuffer<F extends HeldFrame> {
  private held: F[] = []
  private newestRevision = 0
  dropped = 0

  /** How much may be here or on its way: as little as keeps the picture fluent, so that a change is seen soon. */
  windowSeconds = HELD_SECONDS / 2

  constructor(public framesPerSecond: number) {}

  /** How many pictures that is. */
  get capacity(): number {
    return Math.max(3, Math.ceil(this.framesPerSecond * Math.min(HELD_SECONDS, this.windowSeconds)))
  }

  get size(): number {
    return this.held.length
  }

  /** Take a picture in; those of older revisions give way to the first of a newer one. */
  push(frame: F): void {
    if (frame.revision < this.newestRevision) return this.discard(frame)
    if (frame.revision > this.newestRevision) {
      this.newestRevision = frame.revision
      // Older pictures keep playing until their successors' time has come, unless they lie where nobody goes any more.
      this.held = this.held.filter((old) => old.seconds < frame.seconds || (this.discard(old), false))
    }
    this.held.push(frame)
    while (this.held.length > Math.max(4, this.framesPerSecond * HELD_SECONDS)) this.discard(this.held.shift())
  }

  /** The picture to show now, if there is a better one than what is shown; everything before it is let go. */
  pick(now: Moment): F | null {
    if (now.isPlaying) this.held = this.held.filter((frame) => frame.isStill || ahead(frame.seconds, now) < TOO_FAR_SECONDS || (this.discard(frame), false))
    const best = now.isPlaying ? this.latestDue(now) : this.newest()
    if (!best) return null
    this.held = this.held.filter((frame) => {
      if (frame === best) return false
      if (ahead(frame.seconds, now) > ahead(best.seconds, now) && frame.revision >= best.revision) return true
      this.discard(frame)
      return false
    })
    return best
  }

  /** After a jump nothing that is held belongs anywhere, and another preview counts its revisions anew. */
  clear(): void {
    this.held.forEach((frame) => frame.close())
    this.held = []
    this.newestRevision = 0
  }

  private newest(): F | null {
    return this.held.at(-1) ?? null
  }

  private latestDue(now: Moment): F | null {
    let best: F | null = null
    for (const frame of this.held) {
      const distance = ahead(frame.seconds, now)
      if (!frame.isStill && distance > EARLY_SECONDS) continue
      if (!best || distance > ahead(best.seconds, now) || frame.revision > best.revision) best = frame
    }
    return best
  }

  private discard(frame: F | undefined): void {
    if (!frame) return
    frame.close()
    this.dropped += 1
  }
}

/** Seconds until a picture's moment; negative when it is over. */
export function ahead(seconds: number, { seconds: now, loop }: Moment): number {
  const distance = seconds - now
  if (!loop || now < loop.from || now > loop.to || seconds < loop.from || seconds > loop.to) return distance
  const length = loop.to - loop.from
  if (distance < -length / 2) return distance + length
  if (distance > length / 2) return distance - length
  return distance
}
