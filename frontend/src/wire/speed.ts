/** Speed: bytes a second of something on its way, and how long the rest takes. */

export interface Speed {
  tell(sent: number, now?: number): void
  secondsFor(bytes: number): number | null
}

/** Bytes a second over the last few seconds. */
export function createSpeed(): Speed {
  const samples: { at: number; sent: number }[] = []
  return {
    tell(sent, now = Date.now()) {
      if (samples.length > 0 && sent < (samples.at(-1)?.sent ?? 0)) samples.length = 0
      samples.push({ at: now, sent })
      while (samples.length > 2 && now - (samples[0]?.at ?? now) > 6000) samples.shift()
    },
    secondsFor(bytes) {
      const [first, last] = [samples[0], samples.at(-1)]
      if (!first || !last || last.at - first.at < 800 || last.sent <= first.sent) return null
      return bytes / ((last.sent - first.sent) / ((last.at - first.at) / 1000))
    },
  }
}
