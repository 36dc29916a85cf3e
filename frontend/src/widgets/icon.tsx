/** Icons for what is drawn without React. */
import { createRoot } from 'react-dom/client'
import { element } from '../lib/element'
import type { Scope } from '../lib/scope'
import { Icon, type IconName } from '../parts/Icon'

export function iconInto(scope: Scope, parent: HTMLElement, name: IconName): void {
  const root = createRoot(element('span', { class: 'icon-slot', 'aria-hidden': 'true' }, parent))
  root.render(<Icon name={name} />)
  // React forbids to unmount while it renders.
  scope.add(() => queueMicrotask(() => root.unmount()))
}
