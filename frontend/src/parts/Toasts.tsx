import { useEffect, useState } from 'react'
import { keyCap } from '../lib/keys'
import { useStore } from '../lib/store'
import { Button, IconButton } from './Button'
import { Icon } from './Icon'
import { closeToast, secondsOf, toasts, type ToastData } from './toasts'

/** The corner of the page in which toasts appear; read politely. */
export function Toasts() {
  const shown = useStore(toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <Toast key={one.id} data={one} />
      ))}
    </div>
  )
}

function Toast({ data }: { data: ToastData }) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    const seconds = secondsOf(data)
    if (isHeld || !Number.isFinite(seconds)) return
    const timer = setTimeout(() => closeToast(data.id), seconds * 1000)
    return () => clearTimeout(timer)
  }, [data, isHeld])
  const { action } = data
  return (
    <div className={`toast ${data.kind}`} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      {data.kind === 'error' && <Icon name="alert" />}
      <div className="grow">
        <div className={data.more ? 'strong' : ''}>{data.text}</div>
        {data.more && <div className="more">{data.more}</div>}
      </div>
      {action && (
        <Button
          kind="quiet"
          small
          className="accent"
          {...(action.label === 'Undo' ? { icon: 'undo' as const } : {})}
          onClick={() => {
            closeToast(data.id)
            action.act()
          }}
        >
          {action.label}
          {action.key && <kbd className="kbd not-phone">{keyCap(action.key)}</kbd>}
        </Button>
      )}
      {(data.kind === 'error' || !action) && <IconButton icon="close" small label="Close" onClick={() => closeToast(data.id)} />}
    </div>
  )
}
