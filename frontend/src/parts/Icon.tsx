/** Icons: drawn for this studio on a 24 px grid, 1.6 px lines. Decoration only: whoever uses one gives it a word. */
import type { ReactNode } from 'react'

const shapes = {
  activity: <><path d="M3.5 12h4l2.5-7 4 14 2.5-7h4"/></>,
  again: <><path d="M19.5 12A7.5 7.5 0 1 1 17 6.4L19.5 9M19.5 4v5h-5"/></>,
  alert: <><circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.5M12 16.3h.01"/></>,
  away: <><path d="M7 18.5h9.5a4 4 0 0 0 1.3-7.8A6 6 0 0 0 8 7.7M5.8 10.3A4.2 4.2 0 0 0 7 18.5M4 4l16 16"/></>,
  bin: <><path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10.2 10.5v5.5M13.8 10.5v5.5"/></>,
  camera: <><path d="M4 8h3.6l1.6-2.5h5.6L16.4 8H20v11H4z"/><circle cx="12" cy="13.2" r="3.4"/></>,
  check: <><path d="m5 12.5 4.7 4.7L19 7.5"/></>,
  close: <><path d="m6 6 12 12M18 6 6 18"/></>,
  compare: <><rect x="3.5" y="5" width="7.5" height="14" rx="1"/><rect x="13" y="5" width="7.5" height="14" rx="1"/></>,
  copy: <><rect x="3.5" y="8" width="12" height="12" rx="1.5"/><path d="M7 8V5.5h12.5a1 1 0 0 1 1 1V17"/></>,
  cue: <><path d="M6.5 4h11v10L12 20 6.5 14z"/></>,
  dice: <><rect x="4.5" y="4.5" width="15" height="15" rx="3"/><path d="M9 9h.01M15 15h.01M15 9h.01M9 15h.01" strokeWidth="2.6"/></>,
  down: <><path d="m6 9.5 6 6 6-6"/></>,
  download: <><path d="M12 4v11M7.5 10.8 12 15.3l4.5-4.5M4.5 19.5h15"/></>,
  edit: <><path d="M5 19l1-4L16.5 4.5l3 3L9 18z"/></>,
  exit: <><path d="M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9.5"/></>,
  eye: <><path d="M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12z"/><circle cx="12" cy="12" r="2.8"/></>,
  face: <><path d="M4 8.5V4.5h4M16 4.5h4v4M20 15.5v4h-4M8 19.5H4v-4"/><circle cx="12" cy="12" r="2.5"/></>,
  film: <><rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M8 5v14M16 5v14M3.5 9.7H8M3.5 14.3H8M16 9.7h4.5M16 14.3h4.5"/></>,
  filter: <><path d="M4 5.5h16l-6.3 7.3v6l-3.4-1.7v-4.3z"/></>,
  flag: <><path d="M6 21V4M6 4.5h11.5l-2.4 4 2.4 4H6"/></>,
  grid: <><rect x="4" y="4" width="6.8" height="6.8" rx="1.2"/><rect x="13.2" y="4" width="6.8" height="6.8" rx="1.2"/><rect x="4" y="13.2" width="6.8" height="6.8" rx="1.2"/><rect x="13.2" y="13.2" width="6.8" height="6.8" rx="1.2"/></>,
  grip: <><path d="M9.5 6h.01M14.5 6h.01M9.5 12h.01M14.5 12h.01M9.5 18h.01M14.5 18h.01" strokeWidth="2.4"/></>,
  grow: <><path d="M14 4.5h5.5V10M10 19.5H4.5V14M19.5 4.5 13.5 10.5M4.5 19.5l6-6"/></>,
  home: <><path d="M4 11 12 4.5 20 11v8.5h-5.5V14h-5v5.5H4z"/></>,
  info: <><circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.8h.01"/></>,
  invite: <><circle cx="10" cy="8.5" r="3.8"/><path d="M3.3 19.5c.7-3.5 3.3-5 6.7-5 1.7 0 3.2.4 4.4 1.2M18 14v6M15 17h6"/></>,
  key: <><circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8-8M15.5 8l3 3"/></>,
  keyboard: <><rect x="3" y="6.5" width="18" height="11" rx="2"/><path d="M7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17.5 10.5h.01M8 14h8"/></>,
  left: <><path d="m14.5 6-6 6 6 6"/></>,
  link: <><path d="M10 14a4 4 0 0 1 0-5.6l2.4-2.4a4 4 0 0 1 5.6 5.6l-1.5 1.5M14 10a4 4 0 0 1 0 5.6L11.6 18A4 4 0 0 1 6 12.4l1.5-1.5"/></>,
  lock: <><rect x="5.5" y="10.5" width="13" height="9" rx="1.5"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/></>,
  loop: <><path d="M4 12V9.5A2.5 2.5 0 0 1 6.5 7H18M15 4l3 3-3 3M20 12v2.5a2.5 2.5 0 0 1-2.5 2.5H6M9 20l-3-3 3-3"/></>,
  machine: <><rect x="3.5" y="7" width="17" height="9.5" rx="1.5"/><circle cx="9" cy="11.7" r="2.2"/><circle cx="15.5" cy="11.7" r="2.2"/><path d="M6 16.5V19M10 16.5V19M14 16.5V19"/></>,
  magnet: <><path d="M6 4v8a6 6 0 0 0 12 0V4h-4v8a2 2 0 0 1-4 0V4zM6 8h4M14 8h4"/></>,
  metronome: <><path d="M9 4h6l3 16H6zM12 15l5-8"/></>,
  moon: <><path d="M19.5 14.5A8 8 0 1 1 9.5 4.5a6.5 6.5 0 0 0 10 10z"/></>,
  more: <><path d="M5.5 12h.01M12 12h.01M18.5 12h.01" strokeWidth="2.8"/></>,
  mute: <><path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM16 9.5l5 5M21 9.5l-5 5"/></>,
  network: <><circle cx="5.5" cy="7" r="2"/><circle cx="5.5" cy="17" r="2"/><circle cx="12" cy="12" r="2"/><circle cx="18.5" cy="7" r="2"/><circle cx="18.5" cy="17" r="2"/><path d="m7.2 8.2 3.2 2.5M7.2 15.8l3.2-2.5M13.7 10.8l3.2-2.6M13.7 13.2l3.2 2.6"/></>,
  next: <><path d="M18 5v14M5.5 5.5v13L15 12z"/></>,
  panel: <><rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M15 5v14"/></>,
  paste: <><path d="M8.5 5.5H5.8v14h12.4v-14h-2.7"/><path d="M8.8 4h6.4v3.4H8.8z"/><path d="M9 12h6M9 15.5h4"/></>,
  pause: <><path d="M7 5h3.4v14H7zM13.6 5H17v14h-3.4z" fill="currentColor" stroke="none"/></>,
  people: <><circle cx="9" cy="8.5" r="3.5"/><path d="M2.8 19c.6-3.3 2.9-4.8 6.2-4.8s5.6 1.5 6.2 4.8M15.5 5.5a3.3 3.3 0 0 1 0 6.3M17.5 14.6c2 .6 3.3 2 3.7 4.4"/></>,
  pin: <><path d="M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V20"/></>,
  play: <><path d="M7 4.5v15l12.5-7.5z" fill="currentColor"/></>,
  plus: <><path d="M12 5v14M5 12h14"/></>,
  power: <><path d="M12 4v8M7.3 7.3a7 7 0 1 0 9.4 0"/></>,
  previous: <><path d="M6 5v14M18.5 5.5v13L9 12z"/></>,
  projection: <><rect x="3.5" y="6.5" width="6.5" height="11" rx="1"/><rect x="14" y="6.5" width="6.5" height="11" rx="1" strokeDasharray="2.6 2"/><path d="M10 12h4"/></>,
  redo: <><path d="m15.5 5 4 4-4 4M19.5 9H10a5 5 0 0 0 0 10h5"/></>,
  right: <><path d="m9.5 6 6 6-6 6"/></>,
  route: <><path d="M4 17c4.5 0 4-10 8-10s3.5 10 8 10"/></>,
  scene: <><path d="M4 7h8M17 7h3M4 17h3M12 17h8"/><circle cx="14.5" cy="7" r="2.3"/><circle cx="9.5" cy="17" r="2.3"/></>,
  search: <><circle cx="10.8" cy="10.8" r="6"/><path d="m15.5 15.5 4.5 4.5"/></>,
  settings: <><circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2.1 2.1M15.9 15.9 18 18M18 6l-2.1 2.1M8.1 15.9 6 18"/></>,
  share: <><circle cx="6.5" cy="12" r="2.3"/><circle cx="17" cy="6" r="2.3"/><circle cx="17" cy="18" r="2.3"/><path d="m8.6 10.9 6.3-3.7M8.6 13.1l6.3 3.7"/></>,
  solo: <><path d="M4.5 15v-2.5a7.5 7.5 0 0 1 15 0V15M4.5 14.5h3v5h-3zM16.5 14.5h3v5h-3z"/></>,
  span: <><path d="M4.5 6v12M19.5 6v12M4.5 12h15"/></>,
  star: <><path d="m12 4 2.5 5.2 5.6.7-4.1 3.9 1 5.6L12 16.7l-5 2.7 1-5.6L3.9 9.9l5.6-.7z"/></>,
  stop: <><rect x="6" y="6" width="12" height="12" rx="1" fill="currentColor"/></>,
  tap: <><path d="M9 12V6.5a1.7 1.7 0 0 1 3.4 0V11l4.6 1.2c1.2.3 1.8 1.3 1.5 2.5l-1.2 5.3H10L6.2 14.7c-.9-1.4.7-2.7 1.9-1.7z"/></>,
  track: <><path d="M4 10v4M8 6v12M12 9v6M16 4v16M20 10v4"/></>,
  training: <><path d="M4 5v14.5h16M7 8.5c1.5 5 4 7.5 12.5 7.8"/><path d="M14.5 5.5h.01M18.5 9h.01M10.5 8.5h.01" strokeWidth="2.4"/></>,
  undo: <><path d="M8.5 5 4.5 9l4 4M4.5 9H14a5 5 0 0 1 0 10H9"/></>,
  up: <><path d="m6 14.5 6-6 6 6"/></>,
  upload: <><path d="M12 15.5v-11M7.5 9 12 4.5 16.5 9M4.5 19.5h15"/></>,
  volume: <><path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/></>,
  warning: <><path d="M12 4.5 21 19.5H3zM12 10v4.5M12 17h.01"/></>,
  wifi: <><path d="M3.5 9.5a12.5 12.5 0 0 1 17 0M6.5 13a8 8 0 0 1 11 0M9.5 16.3a3.7 3.7 0 0 1 5 0M12 19.3h.01"/></>,
  'zoom-in': <><circle cx="10.8" cy="10.8" r="6"/><path d="m15.5 15.5 4.5 4.5M10.8 8.3v5M8.3 10.8h5"/></>,
  'zoom-out': <><circle cx="10.8" cy="10.8" r="6"/><path d="m15.5 15.5 4.5 4.5M8.3 10.8h5"/></>,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof shapes

export function Icon({ name, size }: { name: IconName; size?: 'small' | 'big' }) {
  return (
    <svg className={size ? `i ${size}` : 'i'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  )
}

/** The sign of the studio: a light seen with closed eyes. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" aria-hidden="true">
      <circle cx="12" cy="12" r="2.3" fill="currentColor" stroke="none" />
      <path d="M12 6.3a5.7 5.7 0 0 1 5.7 5.7M12 17.7A5.7 5.7 0 0 1 6.3 12M12 2.5a9.5 9.5 0 0 0-9.5 9.5M12 21.5a9.5 9.5 0 0 0 9.5-9.5" />
    </svg>
  )
}
