/** A component that is fetched when it is first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { toastFault } from './toasts'

/** After an update of the studio, a page that stands open may ask for a file that is gone: then it says so and shows nothing. */
export function fetched<P>(get: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  return lazy(async (): Promise<{ default: ComponentType<P> }> => {
    try {
      return { default: await get() }
    } catch (fault) {
      toastFault(fault, 'A part of this page could not be loaded. Load the page again.')
      return { default: () => null }
    }
  })
}
