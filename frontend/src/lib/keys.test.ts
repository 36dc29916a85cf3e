// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { namesOfKey } from './key_names'
import { keyCap, keyCaps, keyMap, listenForKeys, nameOfKey, registerCommands } from './keys'

const press = (init: KeyboardEventInit, target: EventTarget = document.body): KeyboardEvent => {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return event
}

describe('the name of a key', () => {
  test.each([
    [{ key: ' ', code: 'Space' }, 'Space'],
    [{ key: 'M', code: 'KeyM', shiftKey: true }, 'Shift+m'],
    [{ key: 'µ', code: 'KeyM', altKey: true }, 'Alt+m'],
    [{ key: '!', code: 'Digit1', shiftKey: true }, 'Shift+1'],
    [{ key: '?', code: 'Minus', shiftKey: true }, '?'],
    [{ key: 'z', code: 'KeyZ', ctrlKey: true }, 'Mod+z'],
    [{ key: 'z', code: 'KeyZ', metaKey: true, shiftKey: true }, 'Mod+Shift+z'],
    [{ key: 'ArrowLeft', code: 'ArrowLeft', altKey: true }, 'Alt+ArrowLeft'],
  ])('%o is %s', (init, name) => expect(nameOfKey(new KeyboardEvent('keydown', init))).toBe(name))
})

describe('keys of other countries', () => {
  const german = { slash: { key: '/', code: 'Digit7', shiftKey: true }, bracket: { key: '[', code: 'Digit8', ctrlKey: true, altKey: true, modifierAltGraph: true } }
  test.each([
    ['German redo, Z and Y changed', { key: 'Z', code: 'KeyY', ctrlKey: true, shiftKey: true }, ['Mod+Shift+z']],
    ['French Shift M, at the place of the semicolon', { key: 'M', code: 'Semicolon', shiftKey: true }, ['Shift+m']],
    ['French Shift A, at the place of Q', { key: 'A', code: 'KeyQ', shiftKey: true }, ['Shift+a']],
    ['Russian M', { key: 'ь', code: 'KeyM' }, ['m']],
    ['Greek Ctrl Z', { key: 'ζ', code: 'KeyZ', ctrlKey: true }, ['Mod+z']],
    ['German slash, else hot cue 7', german.slash, ['Shift+7', '/']],
    ['German equals', { key: '=', code: 'Digit0', shiftKey: true }, ['Shift+0', '=']],
    ['German bracket by AltGr', german.bracket, ['[']],
    ['German bracket on a Mac', { key: '[', code: 'Digit5', altKey: true }, ['Alt+5', 'Alt+[', '[']],
    ['US Alt 1 stays itself', { key: '1', code: 'Digit1', altKey: true }, ['Alt+1']],
    ['German key right of Ü', { key: 'ü', code: 'BracketLeft' }, ['ü', '[']],
    ['German Shift comma', { key: ';', code: 'Comma', shiftKey: true }, [';', '<']],
    ['a dead key', { key: 'Dead', code: 'Equal' }, ['=']],
    ['French 1 without Shift', { key: '&', code: 'Digit1' }, ['1', '&']],
    ['French 1 with Shift', { key: '1', code: 'Digit1', shiftKey: true }, ['Shift+1']],
    ['French comma, at the place of M', { key: ',', code: 'KeyM' }, [',']],
    ['French question mark', { key: '?', code: 'KeyM', shiftKey: true }, ['?']],
    ['star of the number pad', { key: '*', code: 'NumpadMultiply' }, ['*']],
    ['US Shift equals', { key: '+', code: 'Equal', shiftKey: true }, ['+']],
  ])('%s', (_, init, names) => expect(namesOfKey(new KeyboardEvent('keydown', init))).toEqual(names))
})

describe('pressed keys', () => {
  const run = vi.fn()
  let stop: (() => void)[] = []
  beforeEach(() => {
    run.mockClear()
    stop = [listenForKeys(), registerCommands([{ id: 'cue.add', title: 'Add cue', group: 'Cues', key: 'm | Mod+m', run }])]
  })
  afterEach(() => {
    keyMap.set({})
    document.body.innerHTML = ''
    for (const end of stop) end()
  })

  test('call their command, and the browser does not act on them too', () => {
    expect(press({ key: 'm', code: 'KeyM' }).defaultPrevented).toBe(true)
    press({ key: 'm', code: 'KeyM', ctrlKey: true })
    expect(run).toHaveBeenCalledTimes(2)
  })

  test('sleep while something is typed, with Ctrl as well: they are the field’s', () => {
    document.body.innerHTML = '<input type="text"><textarea></textarea><select></select>'
    for (const field of document.body.children) {
      expect(press({ key: 'm', code: 'KeyM' }, field).defaultPrevented).toBe(false)
      expect(press({ key: 'm', code: 'KeyM', ctrlKey: true }, field).defaultPrevented).toBe(false)
    }
    expect(run).not.toHaveBeenCalled()
  })

  test('that go anywhere go from a field too, if they write nothing there', () => {
    stop.push(registerCommands([{ id: 'find', title: 'Find', group: 'Everywhere', key: 'x | Mod+k | F6', run, isAnywhere: true }]))
    document.body.innerHTML = '<input type="text">'
    const field = document.body.children[0]!
    press({ key: 'x', code: 'KeyX' }, field)
    expect(run).not.toHaveBeenCalled()
    press({ key: 'k', code: 'KeyK', ctrlKey: true }, field)
    press({ key: 'F6', code: 'F6' }, field)
    expect(run).toHaveBeenCalledTimes(2)
  })

  test('leave what stands behind a dialog alone, but undo', () => {
    const undo = vi.fn()
    stop.push(registerCommands([{ id: 'undo', title: 'Undo', group: 'Everywhere', key: 'Mod+z', run: undo }]))
    document.body.innerHTML = '<div role="dialog"><button></button></div>'
    const button = document.querySelector('button')!
    press({ key: 'm', code: 'KeyM', ctrlKey: true }, button)
    press({ key: 'm', code: 'KeyM' }, button)
    press({ key: 'z', code: 'KeyZ', ctrlKey: true }, button)
    expect([run.mock.calls.length, undo.mock.calls.length]).toEqual([0, 1])
  })

  test('that a slider of the browser takes are left to it', () => {
    stop.push(registerCommands([{ id: 'start', title: 'To the beginning', group: 'Playing', key: 'Home | ArrowLeft', run }]))
    document.body.innerHTML = '<input type="range"><div role="slider" tabindex="0"></div>'
    const [own, made] = document.body.children
    press({ key: 'Home', code: 'Home' }, own)
    press({ key: 'ArrowLeft', code: 'ArrowLeft' }, own)
    expect(run).not.toHaveBeenCalled()
    press({ key: 'Home', code: 'Home' }, made)
    expect(run).toHaveBeenCalledOnce()
  })

  test('that are held down call what happens once but once', () => {
    stop.push(registerCommands([{ id: 'tap', title: 'Tap', group: 'Grid', key: 'b', run, isOnce: true }]))
    press({ key: 'b', code: 'KeyB' })
    expect(press({ key: 'b', code: 'KeyB', repeat: true }).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
  })

  test('mean what is written only where their place means nothing', () => {
    const halve = vi.fn()
    stop.push(registerCommands([{ id: 'halve', title: 'Halve', group: 'Grid', key: '/ | |', run: halve }]))
    const slash = { key: '/', code: 'Digit7', shiftKey: true }
    press(slash)
    expect(halve).toHaveBeenCalledOnce()
    stop.push(registerCommands([{ id: 'set7', title: 'Set', group: 'Cues', key: 'Shift+7', run }]))
    press(slash)
    press({ key: "'", code: 'Backslash', shiftKey: true })
    expect([halve.mock.calls.length, run.mock.calls.length]).toEqual([2, 1])
  })

  test('work on a checkbox, which is not typed into', () => {
    document.body.innerHTML = '<input type="checkbox">'
    press({ key: 'm', code: 'KeyM' }, document.body.children[0])
    expect(run).toHaveBeenCalledOnce()
  })

  test('play at Space after a click on a button, but leave it to one that Tab has reached', () => {
    stop.push(registerCommands([{ id: 'play', title: 'Play', group: 'Playing', key: 'Space', run }]))
    document.body.innerHTML = '<button></button><div role="dialog"><button></button></div>'
    const [button, inDialog] = document.querySelectorAll('button')
    button!.focus()
    button!.dispatchEvent(new Event('pointerdown', { bubbles: true }))
    expect(press({ key: ' ', code: 'Space' }, button).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
    expect(document.activeElement).toBe(document.body)
    expect(press({ key: ' ', code: 'Space' }, inDialog).defaultPrevented).toBe(false)
    press({ key: 'Tab', code: 'Tab' }, button)
    expect(press({ key: ' ', code: 'Space' }, button).defaultPrevented).toBe(false)
    expect(run).toHaveBeenCalledOnce()
  })

  test('a list chosen from with the mouse gives the keys back', () => {
    document.body.innerHTML = '<select><option>Beat</option></select>'
    const select = document.querySelector('select')!
    select.focus()
    select.dispatchEvent(new Event('change', { bubbles: true }))
    expect(document.activeElement).toBe(select)
    select.dispatchEvent(new Event('pointerdown', { bubbles: true }))
    select.dispatchEvent(new Event('change', { bubbles: true }))
    expect(document.activeElement).toBe(document.body)
  })

  test('leave Space to a focused button', () => {
    stop.push(registerCommands([{ id: 'play', title: 'Play', group: 'Playing', key: 'Space', run }]))
    document.body.innerHTML = '<button></button>'
    press({ key: ' ', code: 'Space' }, document.body.children[0])
    expect(run).not.toHaveBeenCalled()
    press({ key: ' ', code: 'Space' })
    expect(run).toHaveBeenCalledOnce()
  })

  test('follow the key that the person chose', () => {
    keyMap.set({ 'cue.add': 'x' })
    press({ key: 'm', code: 'KeyM' })
    expect(run).not.toHaveBeenCalled()
    press({ key: 'x', code: 'KeyX' })
    expect(run).toHaveBeenCalledOnce()
  })

  test('go to the newest command of several, and past one that is off', () => {
    const newer = vi.fn()
    let isOff = false
    stop.push(registerCommands([{ id: 'mark', title: 'Mark', group: 'Cues', key: 'm', run: newer, isOff: () => isOff }]))
    press({ key: 'm', code: 'KeyM' })
    isOff = true
    press({ key: 'm', code: 'KeyM' })
    expect([newer.mock.calls.length, run.mock.calls.length]).toEqual([1, 1])
  })
})

test('a key cap says the key as it is printed', () => {
  expect(keyCap('Shift+ArrowLeft')).toBe('Shift ←')
  expect(keyCap('m | Mod+m')).toBe('M')
  expect(keyCap('Mod+k')).toMatch(/^(Ctrl|⌘) K$/)
  expect(keyCap('')).toBe('')
  expect(keyCaps('+')).toEqual(['+'])
  expect(keyCaps('/ | | | Mod++')).toEqual(['/', '|', expect.stringMatching(/^(Ctrl|⌘) \+$/)])
})
