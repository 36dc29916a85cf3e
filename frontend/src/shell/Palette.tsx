/** The palette: finds any thing, place or command of this project by some of its letters. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { commands, keyCap, keyOf } from '../lib/keys'
import { address, pageData } from '../lib/page'
import { useStore } from '../lib/store'
import { Dialog } from '../parts/Dialog'
import { Icon, type IconName } from '../parts/Icon'
import { queries, useAsk } from '../wire/query'
import { closeOverlay, overlay } from './overlays'
import { places } from './places'

export interface Find {
  id: string
  title: string
  where: string
  icon: IconName
  keys?: string
  href?: string
  act?: () => void
}

/** How well the words are found in a title: the higher the better, 0 = not at all. */
export function fit(title: string, words: string): number {
  const [text, wanted] = [title.toLowerCase(), words.trim().toLowerCase()]
  if (wanted === '') return 1
  const at = text.indexOf(wanted)
  if (at === 0) return 100
  if (at > 0) return text[at - 1] === ' ' ? 80 : 60
  let from = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    from = text.indexOf(letter, from) + 1
    if (from === 0) return 0
  }
  return 20 - Math.min(19, from - wanted.length)
}

function useFinds(isOpen: boolean): Find[] {
  const project = pageData().project
  const id = project?.id ?? ''
  const enabled = isOpen && project !== null
  const tracks = useAsk({ ...queries.tracks(id), enabled })
  const scenes = useAsk({ ...queries.scenes(id), enabled })
  const renders = useAsk({ ...queries.renders(id), enabled })
  const networks = useAsk({ ...queries.networks(id), enabled })
  const projects = useAsk({ ...queries.projects(), enabled: isOpen && pageData().me !== null })
  const known = useStore(commands)
  return useMemo(() => {
    const things = <T extends { id: string; name: string }>(list: T[] | undefined, where: string, icon: IconName, href: (id: string) => string): Find[] =>
      (list ?? []).map((one) => ({ id: one.id, title: one.name, where, icon, href: href(one.id) }))
    return [
      ...(project ? places.map((one) => ({ id: one.id, title: one.title, where: 'Place', icon: one.icon, href: address.home() + one.path })) : []),
      ...things(scenes.data?.items, 'Scene', 'scene', address.scene),
      ...things(tracks.data?.items, 'Track', 'track', address.track),
      ...things(renders.data?.items, 'Render', 'film', address.render),
      ...things(networks.data?.items, 'Network', 'network', address.network),
      ...things(networks.data?.items.filter((one) => one.snapshots.length > 0).map((one) => ({ id: one.id, name: `Endless walk through ${one.name}` })), 'Network', 'grow', (id) => address.walk(id)).map((one) => ({ ...one, id: `walk-${one.id}` })),
      ...things(projects.data?.items, 'Project', 'grid', address.home),
      ...known.filter((one) => !one.isOff?.()).map((one) => ({ id: one.id, title: one.title, where: one.group, icon: 'keyboard' as const, keys: keyCap(keyOf(one)), act: () => one.run() })),
    ]
  }, [project, scenes.data, tracks.data, renders.data, networks.data, projects.data, known])
}

export function Palette() {
  const isOpen = useStore(overlay) === 'palette'
  const chosen = useRef<Find | null>(null)
  const act = (): void => {
    const one = chosen.current
    chosen.current = null
    one?.act?.()
  }
  return (
    <Dialog title="Find anything" className="palette" isOpen={isOpen} onClose={closeOverlay} onClosed={act}>
      <PaletteBody onChoose={(one) => { chosen.current = one }} />
    </Dialog>
  )
}

function PaletteBody({ onChoose }: { onChoose: (one: Find) => void }) {
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const finds = useFinds(true)
  const found = finds
    .map((one) => ({ one, score: fit(one.title, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 40)
    .map(({ one }) => one)
  const go = (one: Find | undefined): void => {
    if (!one) return
    // What a command opens takes the focus: it waits until this dialog has given it back.
    onChoose(one)
    closeOverlay()
    if (one.href !== undefined) window.location.assign(one.href)
  }
  const pressed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((now) => (now + step + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(found[at])
    }
  }
  return (
    <>
      <input
        aria-label="Find a thing, place or command"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-found"
        aria-activedescendant={found[at] ? `find-${at}` : undefined}
        placeholder="Find a thing, place or command"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setAt(0)
        }}
        onKeyDown={pressed}
      />
      <div className="found menu-list" role="listbox" id="palette-found" aria-label="Found">
        {found.length === 0 && <div className="soft" style={{ padding: 12 }}>Nothing is called that here.</div>}
        {found.map((one, place) => (
          <FoundRow key={`${one.where}-${one.id}`} find={one} id={`find-${place}`} isHere={place === at} go={() => go(one)} />
        ))}
      </div>
    </>
  )
}

function FoundRow({ find, id, isHere, go }: { find: Find; id: string; isHere: boolean; go: () => void }) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={isHere}
      className={isHere ? 'found-row on' : 'found-row'}
      onClick={go}
      ref={(element) => {
        if (isHere) element?.scrollIntoView?.({ block: 'nearest' })
      }}
    >
      <Icon name={find.icon} />
      <span className="grow clip">{find.title}</span>
      <span className="xs faint">{find.where}</span>
      {find.keys && <span className="kbd">{find.keys}</span>}
    </div>
  )
}
