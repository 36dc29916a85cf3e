import { address } from '../lib/page'
import { Icon } from '../parts/Icon'
import { Menu } from '../parts/Menu'
import { places } from './places'
import { signOut } from './signOut'

/** "More" of the phone's bar: the places that do not fit, the projects and the way out. */
export function IconMore({ isHere }: { isHere: boolean }) {
  const rest = places.slice(4).map((one) => ({ id: one.id, label: one.title, icon: one.icon, href: address.home() + one.path }))
  return (
    <Menu
      align="end"
      button={
        <button type="button" className={isHere ? 'on' : ''}>
          <Icon name="more" />
          More
        </button>
      }
      items={[
        ...rest,
        { id: 'projects', label: 'All projects', icon: 'grid', href: address.projects(), line: true },
        { id: 'out', label: 'Sign out', icon: 'exit', act: signOut },
      ]}
    />
  )
}
