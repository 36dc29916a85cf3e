/** The other people on this track; a click follows their playhead, another click lets go. */
import { useEffect, useState } from 'react'
import { createScope } from '../lib/scope'
import { useStore } from '../lib/store'
import { Avatar } from '../parts/basics'
import { Tip } from '../parts/Tooltip'
import { useLive } from '../shell/live'
import type { Desk } from './desk'
import { createTogether, type Together } from './together'

/** One per desk, closed with it; null where no line is open. */
export function useTogether(desk: Desk, trackId: string): Together | null {
  const live = useLive()
  const [together, setTogether] = useState<Together | null>(null)
  useEffect(() => {
    if (!live) return
    const scope = createScope()
    setTogether(createTogether(scope, live, desk, trackId))
    return () => {
      setTogether(null)
      scope.close()
    }
  }, [live, desk, trackId])
  return together
}

export function OthersHere({ together }: { together: Together }) {
  const others = useStore(together.others)
  const followed = useStore(together.followed)
  if (others.length === 0) return null
  return (
    <div className="row tight others-here" role="group" aria-label="On this track">
      {others.map((one) => {
        const isOn = followed === one.page
        const words = isOn ? `Stop following ${one.person.name}` : `Follow ${one.person.name}`
        return (
          <Tip key={one.page} text={words}>
            <button type="button" className={isOn ? 'btn quiet small on' : 'btn quiet small'} aria-label={words} aria-pressed={isOn} onClick={() => together.follow(isOn ? null : one.page)}>
              <Avatar person={one.person} />{isOn && <span>Following</span>}
            </button>
          </Tip>
        )
      })}
    </div>
  )
}
