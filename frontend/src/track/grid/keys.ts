/** Keys of the beat grid (UX §5). Signs stand for what they write, so that they hold on keyboards of other countries. */
import type { Command } from '../../lib/keys'
import type { Desk } from '../desk'
import { gridActs } from './grid_acts'
import { RATIOS } from './grid_moves'
import { findAnew } from './find_anew'

// The slash is Shift 7 on many keyboards, the star Shift 8 on others, and these set the keys of cues.
const RATIO_KEYS = ['/ | |', '\\ | *', 'y', 'u', 'i', 'o']
/** Keys that go on while they are held. */
const HELD = ['earlier', 'later', 'bit-earlier', 'bit-later', 'slower', 'faster', 'much-slower', 'much-faster']

export function gridCommands(desk: Desk, trackId: string, mayEdit: boolean): Command[] {
  const acts = gridActs(desk)
  const { gridTools } = desk
  const command = (id: string, title: string, key: string, run: (event?: KeyboardEvent) => void, isOff = () => false): Command => ({
    id: `grid.${id}`, title, group: 'Beat grid', key, run, isOnce: !HELD.includes(id), isOff: () => !mayEdit || isOff(),
  })
  return [
    command('tap', 'Tap the tempo', 'b', (event) => acts.tap(event?.timeStamp ?? performance.now())),
    command('use-taps', 'Use the tapped tempo', 'Shift+b', () => acts.useTaps()),
    command('downbeat', 'The nearest beat begins a bar', 'd', () => acts.downbeat()),
    command('earlier', 'Grid 10 ms earlier', ',', () => acts.nudge(-0.01)),
    command('later', 'Grid 10 ms later', '.', () => acts.nudge(0.01)),
    command('bit-earlier', 'Grid 1 ms earlier (Shift ,)', '<', () => acts.nudge(-0.001)),
    command('bit-later', 'Grid 1 ms later (Shift .)', '>', () => acts.nudge(0.001)),
    command('half-beat', 'Grid by half a beat', 'h', () => acts.halfABeat()),
    command('here', 'Grid under the playhead', 'g', () => acts.underPlayhead()),
    command('slower', 'Tempo 0.01 bpm slower', '-', () => acts.faster(-0.01)),
    command('faster', 'Tempo 0.01 bpm faster', '=', () => acts.faster(0.01)),
    command('much-slower', 'Tempo 1 bpm slower (Shift -)', '_', () => acts.faster(-1)),
    command('much-faster', 'Tempo 1 bpm faster (Shift =)', '+', () => acts.faster(1)),
    ...RATIOS.map(({ ratio, title }, index) => command(`ratio${index}`, title, RATIO_KEYS[index]!, () => acts.scale(ratio, title))),
    { ...command('unsure', 'To the next place where beats are unsure', 'r', () => acts.nextUnsure()), isOff: () => !(desk.sound.grid.get()?.unsure ?? []).length },
    command('reach', 'Changes for this stretch or the whole grid', 'w', () => acts.toggleReach()),
    command('add', 'Tempo marker here', 't', () => acts.addMarker()),
    command('remove', 'Remove the tempo marker of this stretch', 'Shift+t', () => acts.removeHere()),
    command('lock', 'Lock the grid', 'Shift+l', () => acts.toggleLock()),
    command('anew', 'Find the beats anew in the loop', 'Shift+r', () => void findAnew(desk, trackId)),
    command('take', 'Take the beats that were found anew', 'Shift+Enter', () => acts.takeProposal(), () => !gridTools.proposal.get()),
    command('leave', 'Leave the beats that were found anew', 'Shift+Escape', () => acts.leaveProposal(), () => !gridTools.proposal.get()),
  ]
}
