/** Shell: what stands around every page: rail, top bar, strips, palette, sheet of keys, toasts. */
import { useEffect, type ReactNode } from 'react'
import { useCommands } from '../lib/keys'
import { address, pageData } from '../lib/page'
import { undoRegistry } from '../lib/undo'
import { Button } from '../parts/Button'
import { toast, toastFault, UNDONE } from '../parts/toasts'
import { Toasts } from '../parts/Toasts'
import { ApiError } from '../wire/api'
import { KeySheet } from './KeySheet'
import { openKeySheet, openPalette } from './overlays'
import { Palette } from './Palette'
import { PhoneBar, Rail } from './Rail'
import { OfflineStrip, RoleStrip } from './Strip'
import { TopBar, type Thing } from './TopBar'

interface ShellProps {
  /** The place of the rail this page belongs to. */
  place: string
  thing?: Thing | undefined
  actions?: ReactNode
  children: ReactNode
}

export function Shell({ place, thing, actions, children }: ShellProps) {
  const project = pageData().project
  useShellCommands()
  useTitle(place, thing?.name)
  return (
    <div className={project ? 'app' : 'app outside'}>
      <a className="btn skip" href="#page">Skip to the page</a>
      {project && <Rail place={place} />}
      <TopBar place={place} thing={thing} actions={actions} />
      <div className="strips">
        <OfflineStrip />
        <RoleStrip />
      </div>
      <main className="page" id="page" tabIndex={-1} data-region="page">{children}</main>
      {project && <PhoneBar place={place} />}
      <Palette />
      <KeySheet />
      <Toasts />
    </div>
  )
}

function useTitle(place: string, thing: string | undefined): void {
  const name = pageData().project?.name
  useEffect(() => {
    const here = place === 'home' ? '' : place.charAt(0).toUpperCase() + place.slice(1)
    document.title = [thing ?? here, name, 'Phosphene'].filter(Boolean).join(' · ')
  }, [place, thing, name])
}

function useShellCommands(): void {
  const step = (direction: 'undo' | 'redo') => (): void => {
    const { undoTitle, redoTitle } = undoRegistry.state.get()
    const title = direction === 'undo' ? undoTitle : redoTitle
    undoRegistry[direction]()
      .then((isDone) => {
        const words = `${direction === 'undo' ? 'Undone' : 'Done again'}: ${(title ?? '').toLowerCase()}.`
        if (isDone) toast(words, { group: { name: UNDONE, many: () => words } })
      })
      .catch((fault: unknown) => toastFault(fault))
  }
  useCommands([
    { id: 'page.find', title: 'Find anything', group: 'Everywhere', key: 'Mod+k', run: openPalette, isAnywhere: true },
    { id: 'page.keys', title: 'Keys of this page', group: 'Everywhere', key: '?', run: openKeySheet },
    { id: 'page.undo', title: 'Undo', group: 'Everywhere', key: 'Mod+z', run: step('undo'), isOff: () => undoRegistry.state.get().undoTitle === null },
    { id: 'page.redo', title: 'Redo', group: 'Everywhere', key: 'Mod+Shift+z | Mod+y', run: step('redo'), isOff: () => undoRegistry.state.get().redoTitle === null },
    { id: 'page.region', title: 'Next part of the page', group: 'Everywhere', key: 'F6', run: () => nextRegion(1), isAnywhere: true },
    { id: 'page.region-back', title: 'Previous part of the page', group: 'Everywhere', key: 'Shift+F6', run: () => nextRegion(-1), isAnywhere: true },
  ])
}

/** F6: the focus goes to the first thing that takes it in the next part marked `data-region`; empty parts are passed over. */
export function nextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((one) => one.offsetParent !== null || one.dataset.region === 'page')
  const here = regions.findLastIndex((one) => one.contains(document.activeElement))
  const from = here < 0 && step < 0 ? 0 : here
  for (let far = 1; far <= regions.length; far++) {
    const next = regions[(from + step * far + regions.length * 2) % regions.length]
    const inside = [...(next?.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex="0"]') ?? [])]
    // What is hidden or switched off does not take the focus.
    const takes = (one: HTMLElement): boolean => {
      one.focus()
      return document.activeElement === one && regions.findLast((region) => region.contains(one)) === next
    }
    if (inside.some(takes) || (next && takes(next))) return
  }
}

/** 404 and no access look alike. */
export function NothingHere({ place = '' }: { place?: string }) {
  const project = pageData().project
  return (
    <Shell place={place}>
      <div className="middle narrow">
        <div className="empty">
          <h1>There is nothing here, or it is not shared with you.</h1>
          <div><Button kind="primary" href={project ? address.home() : '/projects/'}>Home</Button></div>
        </div>
      </div>
    </Shell>
  )
}

export function isNothing(fault: unknown): boolean {
  return fault instanceof ApiError && (fault.status === 404 || fault.status === 403)
}
