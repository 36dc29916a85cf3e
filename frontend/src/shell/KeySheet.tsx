/** The sheet of keys (?): the commands of this page by group, searchable; a click on a key waits for another one. */
import { useEffect, useState } from 'react'
import { commands, keyCap, keyMap, keyOf, nameOfKey, type Command, type KeyMap } from '../lib/keys'
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

export function KeyList() {
  const [words, setWords] = useState('')
  const [waiting, setWaiting] = useState<string | null>(null)
  const map = useStore(keyMap)
  const list = useStore(commands).filter((one) => fit(one.title, words) > 0)
  const keep = (next: KeyMap): void => void chooseKeys(next).catch((fault: unknown) => toastFault(fault))

  useEffect(() => {
    if (waiting === null) return
    const pressed = (event: KeyboardEvent): void => {
      if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
      event.preventDefault()
      event.stopPropagation()
      setWaiting(null)
      if (event.key !== 'Escape') keep({ ...keyMap.get(), [waiting]: nameOfKey(event) })
    }
    window.addEventListener('keydown', pressed, true)
    return () => window.removeEventListener('keydown', pressed, true)
  }, [waiting])

  return (
    <div className="col keysheet">
      <input className="field" aria-label="Find a command" placeholder="Find a command" value={words} onChange={(event) => setWords(event.target.value)} />
      <Clashes list={list} map={map} />
      {grouped(list).map(([group, members]) => (
        <section key={group}>
          <h3>{group}</h3>
          {members.map((one) => (
            <div className="row keyrow" key={one.id}>
              <span className="grow clip">{one.title}</span>
              {map[one.id] !== undefined && (
                <IconButton small icon="undo" label={`Give “${one.title}” its own key back`} onClick={() => keep(Object.fromEntries(Object.entries(map).filter(([id]) => id !== one.id)))} />
              )}
              <Button small kind={waiting === one.id ? 'plain' : 'quiet'} on={waiting === one.id ? true : undefined} onClick={() => setWaiting(one.id)} aria-label={`Key of “${one.title}”: ${keyCap(keyOf(one, map)) || 'none'}. Change it`}>
                {waiting === one.id ? 'Press a key' : <span className="kbd">{keyCap(keyOf(one, map)) || '–'}</span>}
              </Button>
            </div>
          ))}
        </section>
      ))}
      {list.length === 0 && <p className="soft">No command is called that.</p>}
    </div>
  )
}

function Clashes({ list, map }: { list: readonly Command[]; map: KeyMap }) {
  const byKey = new Map<string, Command>()
  for (const one of list) {
    const key = keyOf(one, map)
    const other = byKey.get(key)
    if (key && other && other.id !== one.id && map[one.id] !== undefined) {
      return <Note mood="warn">“{other.title}” and “{one.title}” have the same key, {keyCap(key)}. The later one gets it.</Note>
    }
    byKey.set(key, one)
  }
  return null
}
