/** The top bar: project › kind › thing · saved state · the page's actions · service pill · who is here. */
import type { ReactNode } from 'react'
import { chooseTheme, me } from '../lib/me'
import { address, pageData } from '../lib/page'
import { useStore } from '../lib/store'
import { Avatar } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { Icon, Mark } from '../parts/Icon'
import { Menu, type MenuItem } from '../parts/Menu'
import { toastFault } from '../parts/toasts'
import { queries, useAsk } from '../wire/query'
import { saving } from '../wire/saving'
import { usePeople } from './live'
import { openKeySheet, openPalette } from './overlays'
import { placeTitle } from './places'
import { ServicePill } from './ServicePill'
import { signOut } from './signOut'

export interface Thing {
  name: string
  /** Its own page, where this is only a part of it. */
  href?: string
  /** What of it this page shows: "Explorer". */
  part?: string
  /** The things beside it, for the menu. */
  siblings?: { id: string; name: string; href: string; isHere?: boolean }[] | undefined
}

export interface TopBarProps {
  place: string
  thing?: Thing | undefined
  /** Buttons of the page, right. At most one of them primary. */
  actions?: ReactNode
}

export function TopBar({ place, thing, actions }: TopBarProps) {
  const project = pageData().project
  return (
    <header className={thing ? 'topbar has-thing' : 'topbar'} data-region="topbar" data-place={place}>
      {project ? <Crumbs place={place} thing={thing} /> : <OutsideCrumb place={place} />}
      <SavedState />
      <div className="row end">
        {actions}
        {pageData().me && <ServicePill />}
        <People />
      </div>
    </header>
  )
}

function Crumbs({ place, thing }: { place: string; thing: Thing | undefined }) {
  const step = <Icon name="right" size="small" />
  return (
    <nav className="crumb" aria-label="Where this is">
      {thing && <IconButton className="only-phone" icon="left" label={`Back to ${placeTitle(place)}`} href={address.place(place)} />}
      <span className={place === 'home' ? 'row' : 'row parent'}><ProjectMenu /></span>
      {place !== 'home' && (
        <>
          <span className="row parent">{step}</span>
          <span className={thing ? 'row parent' : 'row'}>
            <Button kind="quiet" small className={thing ? '' : 'here'} href={address.place(place)}><span>{placeTitle(place)}</span></Button>
          </span>
        </>
      )}
      {thing && (
        <>
          <span className="row parent">{step}</span>
          {thing.part && thing.href ? (
            <>
              <span className="row parent"><Button kind="quiet" small href={thing.href}><span>{thing.name}</span></Button></span>
              <span className="row parent">{step}</span>
              <Title><ThingMenu thing={{ ...thing, name: thing.part }} /></Title>
            </>
          ) : place === 'networks' ? <ThingMenu thing={thing} /> : <Title><ThingMenu thing={thing} /></Title>}
        </>
      )}
    </nav>
  )
}

/** The heading of a page that has no other: an editor. A network's page has its own. */
function Title({ children }: { children: ReactNode }) {
  return <div role="heading" aria-level={1} className="title-crumb">{children}</div>
}

function OutsideCrumb({ place }: { place: string }) {
  return (
    <nav className="crumb" aria-label="Where this is">
      <a className="mark accent" href="/" aria-label="Phosphene"><Mark /></a>
      <span className="here">{place === 'projects' ? 'Projects' : 'Phosphene'}</span>
    </nav>
  )
}

function ProjectMenu() {
  const project = pageData().project
  const projects = useAsk(queries.projects())
  if (!project) return null
  const items: MenuItem[] = [
    ...(projects.data?.items ?? []).slice(0, 12).map((one) => ({ id: one.id, label: one.name, href: address.home(one.id), on: one.id === project.id })),
    { id: 'all', label: 'All projects', icon: 'grid' as const, href: address.projects(), line: true },
    { id: 'new', label: 'New project…', icon: 'plus' as const, href: `${address.projects()}#new` },
  ]
  return (
    <Menu
      items={items}
      button={<Button kind="quiet" small><span>{project.name}</span><Icon name="down" size="small" /></Button>}
    />
  )
}

function ThingMenu({ thing }: { thing: Thing }) {
  const siblings = thing.siblings ?? []
  if (siblings.length < 2) return <span className="here clip" style={{ padding: '0 8px' }}>{thing.name}</span>
  return (
    <Menu
      items={siblings.map((one) => ({ id: one.id, label: one.name, href: one.href, on: Boolean(one.isHere) }))}
      button={<Button kind="quiet" small className="here"><span>{thing.name}</span><Icon name="down" size="small" /></Button>}
    />
  )
}

export function savedWords({ pending, isOffline, savedAt }: { pending: number; isOffline: boolean; savedAt: number | null }): string {
  if (pending > 0 && isOffline) return `Not saved yet, ${pending === 1 ? '1 change' : `${pending} changes`}`
  if (pending > 0) return 'Saving'
  return savedAt === null ? '' : 'Saved'
}

function SavedState() {
  const state = useStore(saving.state)
  const words = savedWords(state)
  return <span className={state.pending > 0 && state.isOffline ? 'saved waiting' : 'saved not-phone'} role="status">{words}</span>
}

/** Who is here, the person at this page last: their picture opens their own menu. */
function People() {
  const self = useStore(me)
  const others = usePeople().filter((one) => one.id !== self?.id)
  if (!self) return null
  const theme = self.preferences.theme ?? 'dark'
  const choose = (next: 'dark' | 'light' | 'system') => () => void chooseTheme(next).catch((fault: unknown) => toastFault(fault))
  return (
    <span className="avatars">
      {others.slice(0, 4).map((one) => <Avatar key={one.id} person={one} />)}
      {others.length > 4 && <span className="avatar" title={others.slice(4).map((one) => one.name).join(', ')}>+{others.length - 4}</span>}
      <Menu
        align="end"
        button={<button type="button" className="avatar-button" aria-label={`${self.name}: your menu`}><Avatar person={self} /></button>}
        items={[
          { id: 'dark', caption: self.name || self.email, label: 'Dark', icon: 'moon', on: theme === 'dark', act: choose('dark') },
          { id: 'light', label: 'Light', icon: 'settings', on: theme === 'light', act: choose('light') },
          { id: 'system', label: 'Like the machine', icon: 'machine', on: theme === 'system', act: choose('system') },
          { id: 'find', label: 'Find anything…', icon: 'search', keys: 'Ctrl K', line: true, act: openPalette },
          { id: 'keys', label: 'Keys', icon: 'keyboard', keys: '?', act: openKeySheet },
          ...(pageData().project ? [{ id: 'settings', label: 'Settings', icon: 'settings' as const, href: address.place('settings') }] : []),
          { id: 'out', label: 'Sign out', icon: 'exit', line: true, act: signOut },
        ]}
      />
    </span>
  )
}
