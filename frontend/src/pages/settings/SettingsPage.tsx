/** Settings: this person, the people of the project, machines, tokens, keys, the project itself. */
import { useEffect, useState, type ReactNode } from 'react'
import { isOwner, mayEdit } from '../../lib/page'
import { KeyList } from '../../shell/KeySheet'
import { Shell } from '../../shell/Shell'
import { Bin } from './Bin'
import { Machines } from './Machines'
import { People } from './People'
import { ProjectSettings } from './ProjectSettings'
import { ApiTokens } from './Tokens'
import { You } from './You'

interface Section {
  id: string
  title: string
  show: () => ReactNode
}

function sections(): Section[] {
  return [
    { id: 'you', title: 'You', show: () => <You /> },
    { id: 'people', title: 'People', show: () => <People /> },
    { id: 'machines', title: 'Machines', show: () => <Machines /> },
    { id: 'tokens', title: 'Tokens', show: () => <ApiTokens /> },
    { id: 'keys', title: 'Keys', show: () => <Keys /> },
    ...(mayEdit() ? [{ id: 'bin', title: 'Bin', show: () => <Bin /> }] : []),
    ...(isOwner() ? [{ id: 'project', title: 'Project', show: () => <ProjectSettings /> }] : []),
  ]
}

export function SettingsPage() {
  const [here, setHere] = useState(window.location.hash.slice(1) || 'you')
  useEffect(() => {
    const go = (): void => setHere(window.location.hash.slice(1) || 'you')
    window.addEventListener('hashchange', go)
    return () => window.removeEventListener('hashchange', go)
  }, [])
  const all = sections()
  const shown = all.find((one) => one.id === here) ?? all[0]
  return (
    <Shell place="settings">
      <div className="middle narrow settings">
        <header className="pagehead"><h1>Settings</h1></header>
        <nav className="tabs" aria-label="Settings">
          {all.map((one) => <a key={one.id} href={`#${one.id}`} className={one.id === shown?.id ? 'on' : ''} aria-current={one.id === shown?.id ? 'page' : undefined}>{one.title}</a>)}
        </nav>
        <section aria-label={shown?.title} className="setting">{shown?.show()}</section>
      </div>
    </Shell>
  )
}

function Keys() {
  return (
    <>
      <p className="soft">These are the keys that work on every page; the track desk and the scene editor have more, shown there by “?”. Press one to change it.</p>
      <KeyList />
    </>
  )
}
