/** What the hand carries from a lane: "Onsets drive Truncation". */
import { useEffect } from 'react'
import { useStore } from '../../lib/store'
import { Icon } from '../../parts/Icon'
import { carrying, letGo } from './carry'

const BESIDE_PX = 14

export function Ghost() {
  const carried = useStore(carrying)
  const isCarried = carried !== null
  useEffect(() => {
    if (!isCarried) return
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') letGo()
    }
    window.addEventListener('keydown', leave)
    return () => window.removeEventListener('keydown', leave)
  }, [isCarried])
  if (!carried) return null
  const { at, over, title, hue } = carried
  const place = at ? { left: Math.min(at.x + BESIDE_PX, window.innerWidth - 240), top: at.y + BESIDE_PX } : { left: '50%', bottom: 76, transform: 'translateX(-50%)' }
  return (
    <div className="carried row xs" style={place} role="status">
      <span className="faint"><Icon name="grip" size="small" /></span>
      <span className="swatch" style={{ background: `var(--${hue})` }} />
      <span className="strong nowrap">{title}</span>
      <span className="soft nowrap">{over ? `drive ${over.title}` : at ? 'drop on a slider' : 'click a slider, or Esc'}</span>
    </div>
  )
}
