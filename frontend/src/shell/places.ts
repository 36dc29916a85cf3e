/** Places: what the rail lists, always in this order. */
import type { IconName } from '../parts/Icon'

export interface Place {
  id: string
  title: string
  icon: IconName
  path: string
}

export const places: readonly Place[] = [
  { id: 'home', title: 'Home', icon: 'home', path: '' },
  { id: 'tracks', title: 'Tracks', icon: 'track', path: 'tracks/' },
  { id: 'scenes', title: 'Scenes', icon: 'scene', path: 'scenes/' },
  { id: 'renders', title: 'Renders', icon: 'film', path: 'renders/' },
  { id: 'library', title: 'Library', icon: 'grid', path: 'library/' },
  { id: 'capture', title: 'Capture', icon: 'camera', path: 'capture/' },
  { id: 'networks', title: 'Networks', icon: 'network', path: 'networks/' },
  { id: 'training', title: 'Training', icon: 'training', path: 'training/' },
  { id: 'projections', title: 'Projections', icon: 'projection', path: 'projections/' },
  { id: 'activity', title: 'Activity', icon: 'activity', path: 'activity/' },
  { id: 'settings', title: 'Settings', icon: 'settings', path: 'settings/' },
]

export function placeTitle(id: string): string {
  return places.find((place) => place.id === id)?.title ?? ''
}
