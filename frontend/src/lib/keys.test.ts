// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keyCap, keyMap, listenForKeys, nameOfKey, registerCommands } from './keys'

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

  test('sleep while something is typed, but those with Ctrl do not', () => {
    document.body.innerHTML = '<input type="text"><textarea></textarea><select></select>'
    for (const field of document.body.children) press({ key: 'm', code: 'KeyM' }, field)
    expect(run).not.toHaveBeenCalled()
    press({ key: 'm', code: 'KeyM', ctrlKey: true }, document.body.children[0])
    expect(run).toHaveBeenCalledOnce()
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
})
