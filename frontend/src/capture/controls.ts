/** Controls: which buttons a device's state allows, and why not. One table instead of conditions in the page. */
import type { DeviceStateName } from './messages'

export type CommandName = 'configure' | 'test_shot' | 'accept' | 'retake' | 'start' | 'pause' | 'resume' | 'stop' | 'cancel'

export interface Control {
  name: CommandName
  label: string
  icon: 'camera' | 'check' | 'again' | 'play' | 'pause' | 'stop' | 'close'
  kind: 'primary' | 'plain' | 'quiet' | 'danger'
  key?: string
  /** Why it cannot be pressed now. */
  reason?: string
}

const test: Control = { name: 'test_shot', label: 'Test shot', icon: 'camera', kind: 'quiet', key: 't' }
const start: Control = { name: 'start', label: 'Start', icon: 'play', kind: 'primary', key: 's' }
const pause: Control = { name: 'pause', label: 'Pause', icon: 'pause', kind: 'plain', key: 'Space' }
const resume: Control = { name: 'resume', label: 'Go on', icon: 'play', kind: 'primary', key: 'Space' }
const stop: Control = { name: 'stop', label: 'Stop', icon: 'stop', kind: 'danger', key: 'x' }
const accept: Control = { name: 'accept', label: 'Accept', icon: 'check', kind: 'primary', key: 'a' }
const retake: Control = { name: 'retake', label: 'Retake', icon: 'again', kind: 'plain', key: 't' }
const leave: Control = { name: 'cancel', label: 'Discard', icon: 'close', kind: 'quiet', key: 'Escape' }

const BY_STATE: Record<DeviceStateName, Control[]> = {
  idle: [test, start],
  previewing: [test, start],
  testing: [leave, retake, accept],
  countdown: [{ ...stop, name: 'cancel', label: 'Cancel' }],
  shooting: [{ ...test, reason: 'Pause first: a test shot belongs between bursts.' }, pause, stop],
  paused: [{ ...test, reason: 'Stop first: a test shot belongs between bursts.' }, resume, stop],
}

/** None of a device that has never said how it stands. */
export function controlsOf(state: DeviceStateName | undefined): Control[] {
  return state === undefined ? [] : BY_STATE[state]
}

/** While pictures are taken, one set of settings holds for all of them. */
export function isLocked(state: DeviceStateName | undefined): boolean {
  return state === 'countdown' || state === 'shooting' || state === 'paused'
}

export const STATE_WORDS: Record<DeviceStateName, string> = {
  idle: 'Ready',
  previewing: 'Ready',
  testing: 'Test shot',
  countdown: 'Countdown',
  shooting: 'Shooting',
  paused: 'Paused',
}
