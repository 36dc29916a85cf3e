/** What a pressed key is called, on keyboards of any country, and how its cap says it. */

export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'getModifierState'>

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)
/** What these keys write on the keyboard that the keys were chosen on, alone and with Shift; null: left to the layout. */
const PLACES: Readonly<Record<string, readonly [string | null, string | null]>> = {
  Minus: ['-', '_'],
  Equal: ['=', '+'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Backslash: ['\\', '|'],
  Comma: [null, '<'],
  Period: [null, '>'],
}
const HELPER = /^(Mod|Alt|Shift)\+(?=.)/

/**
 * The names that a pressed key goes by, the likeliest first: "Mod+Alt+Shift+ArrowLeft", "m", "?". A letter is what the layout
 * writes, or where the layout has no Latin letters its place; a digit of the upper row is its place, so that Shift+7 is one
 * everywhere; a sign is what is written, else its place.
 */
export function namesOfKey(event: Pressed): string[] {
  const { key, code } = event
  // AltGr only chooses what is written, though some systems tell it as Ctrl and Alt.
  if (event.getModifierState('AltGraph') && key.length === 1 && key !== ' ') return [key.toLowerCase()]
  const full = (name: string): string => named(event, name, true)
  if (key === ' ') return [full('Space')]
  if (key.length > 1 && key !== 'Dead') return [full(key)]
  if (/^[a-z]$/i.test(key)) return [full(key.toLowerCase())]
  const sign = key === 'Dead' ? null : named(event, key, event.altKey || event.ctrlKey || event.metaKey)
  const letter = /^Key([A-Z])$/.exec(code)?.[1]
  if (letter) return isAscii(key) && !event.altKey ? [sign ?? ''] : both(full(letter.toLowerCase()), isAscii(key) ? key : null)
  const digit = /^Digit(\d)$/.exec(code)?.[1]
  if (digit) return key === digit ? [full(digit)] : both(full(digit), sign, event.altKey && isAscii(key) ? key : null)
  const place = PLACES[code]?.[event.shiftKey ? 1 : 0] ?? null
  return both(sign, place && named(event, place, event.altKey || event.ctrlKey || event.metaKey))
}

/** The likeliest of them: under which a key is kept that a person chose. */
export const nameOfKey = (event: Pressed): string => namesOfKey(event)[0] ?? ''

/** With its helpers in one order. "?" is already a shifted key: naming Shift again would make it depend on the country. */
function named(event: Pressed, key: string, hasShift: boolean): string {
  return [event.ctrlKey || event.metaKey ? 'Mod' : '', event.altKey ? 'Alt' : '', event.shiftKey && hasShift ? 'Shift' : '', key].filter(Boolean).join('+')
}

const isAscii = (key: string): boolean => key.length === 1 && key > ' ' && key <= '~'

const both = (...names: (string | null)[]): string[] => [...new Set(names.filter((name): name is string => Boolean(name)))]

/** The keys of a command: "Delete | Backspace" are two, "/ | |" are a slash and a bar. */
export const keysIn = (keys: string): string[] => keys.split(' | ').filter(Boolean)

export function matches(keys: string, name: string): boolean {
  return keysIn(keys).includes(name)
}

const signs: Record<string, string> = {
  Mod: isMac ? '⌘' : 'Ctrl',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Delete: 'Del',
  Escape: 'Esc',
  Alt: isMac ? '⌥' : 'Alt',
}

/** As key caps say them: "Shift+ArrowLeft" → "Shift ←", "m | Mod+m" → "M", "Ctrl M". */
export function keyCaps(keys: string): string[] {
  return keysIn(keys).map((name) => {
    const parts: string[] = []
    let rest = name
    for (let helper = HELPER.exec(rest); helper; helper = HELPER.exec(rest)) {
      parts.push(helper[1]!)
      rest = rest.slice(helper[0].length)
    }
    return [...parts, rest].map((part) => signs[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(' ')
  })
}

/** The first of them; empty where there is none. */
export const keyCap = (keys: string): string => keyCaps(keys)[0] ?? ''
