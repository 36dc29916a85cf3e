/** Turns a media element's stepping `currentTime` into a clock that moves evenly with the sound. */

const JUMP_SECONDS = 0.1
const PULL = 0.08

export class SoundClock {
  private seconds = 0
  private readAt = 0
  private isRunning = false

  /** Begin anew, after a seek, a pause or a change of rate. */
  set(heardSeconds: number, wallSeconds: number, isRunning: boolean): void {
    this.seconds = heardSeconds
    this.readAt = wallSeconds
    this.isRunning = isRunning
  }

  /** Where the sound is now. Never runs backwards while playing, except when the sound itself has jumped. */
  read(heardSeconds: number, wallSeconds: number, rate: number): number {
    if (!this.isRunning) return (this.seconds = heardSeconds)
    const predicted = this.seconds + (wallSeconds - this.readAt) * rate
    const error = heardSeconds - predicted
    const corrected = Math.abs(error) > JUMP_SECONDS ? heardSeconds : predicted + error * PULL
    this.seconds = Math.abs(error) > JUMP_SECONDS ? corrected : Math.max(this.seconds, corrected)
    this.readAt = wallSeconds
    return this.seconds
  }
}
