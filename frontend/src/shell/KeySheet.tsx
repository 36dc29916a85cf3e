/** The sheet of keys (?): the commands of this page by group, searchable; a key that is pressed on waits for another one. */
import { useEffect, useState } from 'react'
import { commands, keyCap, keyCaps, keyMap, keyOf, keysIn, nameOfKey, type Command, type KeyMap } from '../lib/keys'
import { chooseKeys } from '../lib/me'
import { useStore } from '../lib/store'
import { Note } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Dialog } from '../parts/Dialog'
import { toastFault } from '../parts/toasts'
import { closeOverlay, overlay } from './overlays'
import { fit } from './Palette'

export function KeySheet() {
  const isOpen = useStore(overlay) === 'keys'
  return (
    <Dialog title="Keys" isOpen={isOpen} onClose={closeOverlay} wide>
      <KeyList />
    </Dialog>
  )
}

/** The commands with a key or a group of their own, in groups, in the order in which they were added. */
export function grouped(list: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>()
  for (const command of list) {
    const group = groups.get(command.group) ?? []
    if (!group.some((one) => one.id === command.id)) group.push(command)
    groups.set(command.group, group)
  }
  return [...groups]
}

/** The browser keeps these for itself, or the page needs them to be walked through. */
const NOT_OURS = ['Tab', 'Shift+Tab', 'Mod+t', 'Mod+n', 'Mod+w', 'Mod+Shift+t', 'Mod+Shift+n', 'Mod+Shift+w', 'Mod+r', 'Mod+l', 'F5', 'F11', 'F12']

export function KeyList() {
  const [words, setWords] = useState('')
  const [waiting, setWaiting] = useState<string | null>(null)
  const [taken, setTaken] = useState<string | null>(null)
  const map = useStore(keyMap)
  const all = useStore(commands)
  const list = all.filter((one) => fit(one.title, words) > 0)
  const keep = (next: KeyMap): void => void chooseKeys(next).catch((fault: unknown) => toastFault(fault))

  useEffect(() => {
    if (waiting === null) return
    const pressed = (event: KeyboardEvent): void => {
      if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
      event.preventDefault()
      event.stopPropagation()
      const name = nameOfKey(event)
      setTaken(NOT_OURS.includes(name) ? name : null)
      if (NOT_OURS.includes(name)) return
      setWaiting(null)
      if (event.key !== 'Escape') keep({ ...keyMap.get(), [waiting]: name === 'Backspace' ? '' : name })
    }
    window.addEventListener('keydown', pressed, true)
    return () => window.removeEventListener('keydown', pressed, true)
  }, [waiting])

  return (
    <div className="col keysheet">
      <input className="field" aria-label="Find a command" placeholder="Find a command" value={words} onChange={(event) => setWords(event.target.value)} />
      <Clashes list={all} map={map} />
      {grouped(list).map(([group, members]) => (
        <section key={group}>
          <h3>{group}</h3>
          {members.map((one) => (
            <div className="row keyrow" key={one.id}>
              <span className="grow clip">{one.title}</span>
              {map[one.id] !== undefined && waiting !== one.id && (
                <IconButton small icon="undo" label={`Give “${one.title}” its own key back`} onClick={() => keep(Object.fromEntries(Object.entries(map).filter(([id]) => id !== one.id)))} />
              )}
              <Button small kind={waiting === one.id ? 'plain' : 'quiet'} on={waiting === one.id ? true : undefined} onClick={() => { setTaken(null); setWaiting(one.id) }} aria-label={`Key of “${one.title}”: ${keyCaps(keyOf(one, map)).join(' ') || 'none'}. Change it`}>
                {waiting === one.id ? (taken ? `${keyCap(taken)} is the browser’s. Press another` : 'Press a key, or Backspace for none') : <Caps keys={keyOf(one, map)} />}
              </Button>
            </div>
          ))}
        </section>
      ))}
      {list.length === 0 && <p className="soft">No command is called that.</p>}
      {Object.keys(map).length > 0 && <div><Button small kind="line" icon="undo" onClick={() => keep({})}>Give every command its own key back</Button></div>}
    </div>
  )
}

function Caps({ keys }: { keys: string }) {
  const caps = keyCaps(keys)
  return <>{(caps.length > 0 ? caps : ['–']).map((cap) => <span key={cap}><span className="kbd">{cap}</span> </span>)}</>
}

/** Commands that a person's own choice gave one key: [the one that gets it, the other, the key]. */
export function clashesOf(list: readonly Command[], map: KeyMap): [Command, Command, string][] {
  const found: [Command, Command, string][] = []
  const byKey = new Map<string, Command>()
  for (const one of list) {
    for (const key of keysIn(keyOf(one, map))) {
      const other = byKey.get(key)
      if (other && other.id !== one.id && (map[one.id] !== undefined || map[other.id] !== undefined)) found.push([one, other, key])
      byKey.set(key, one)
    }
  }
  return found
}

function Clashes({ list, map }: { list: readonly Command[]; map: KeyMap }) {
  const clashes = clashesOf(list, map)
  if (clashes.length === 0) return null
  return (
    <Note mood="warn">
      {clashes.slice(0, 3).map(([one, other, key]) => <div key={`${one.id} ${key}`}>{keyCap(key)} is the key of “{one.title}” and of “{other.title}”. The first gets it.</div>)}
      {clashes.length > 3 && <div>{clashes.length - 3} more keys have two commands.</div>}
    </Note>
  )
}
