/** How far ahead of the sound the service draws: just enough that pictures arrive in time, so that a change shows soon. */

const LEAST = 0.08
const MOST = 0.5
const TOO_LATE = 0.012
const COMFORT = 0.045
const WINDOW = 45

export class Lead {
  seconds = 0.25
  private slacks: number[] = []

  /** A picture arrived so many seconds before its moment (negative: after it). */
  arrived(slackSeconds: number): void {
    this.slacks.push(slackSeconds)
    if (this.slacks.length > WINDOW) this.slacks.shift()
  }

  /** Look at the last pictures and move the lead. True when it moved. */
  adapt(): boolean {
    if (this.slacks.length < 12) return false
    const worst = [...this.slacks].sort((one, other) => one - other)[Math.floor(this.slacks.length * 0.08)] ?? 0
    const wished = worst < TOO_LATE ? this.seconds + Math.max(0.04, COMFORT - worst) : this.seconds - (worst - COMFORT) * 0.5
    const next = Math.min(MOST, Math.max(LEAST, wished))
    if (Math.abs(next - this.seconds) < 0.015) return false
    this.seconds = next
    this.slacks = []
    return true
  }

  /** After a jump what was measured says nothing. */
  forget(): void {
    this.slacks = []
  }
}
