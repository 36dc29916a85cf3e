/** Dialog: for what cannot be undone, or needs several answers. The title asks, the buttons are verbs, Esc is the safe one. */
import * as Radix from '@radix-ui/react-dialog'
import { useRef, type FormEvent, type ReactNode } from 'react'
import { Button } from './Button'

interface DialogProps {
  title: string
  children?: ReactNode
  isOpen: boolean
  onClose: () => void
  wide?: boolean
  className?: string
  /** The element that gets the focus first; else the first field or button. */
  focus?: () => HTMLElement | null
  /** When it is gone and the focus is back where it was. */
  onClosed?: () => void
}

export function Dialog({ title, children, isOpen, onClose, wide, className, focus, onClosed }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="scrim" />
        <Radix.Content
          className={['dialog', wide && 'wide', className].filter(Boolean).join(' ')}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            const target = focus?.()
            if (!target) return
            event.preventDefault()
            target.focus()
          }}
          onCloseAutoFocus={() => {
            if (onClosed) setTimeout(onClosed, 0)
          }}
        >
          <Radix.Title asChild>
            <h2 className={className === 'palette' ? 'unseen' : undefined}>{title}</h2>
          </Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface AskProps {
  title: string
  children: ReactNode
  /** The verb that does it, and the one that does not. */
  act: string
  keep: string
  isOpen: boolean
  onAct: () => void
  onClose: () => void
}

/** A question about something that cannot be undone. The safe answer has the focus. */
export function AskDialog({ title, children, act, keep, isOpen, onAct, onClose }: AskProps) {
  const feet = useRef<HTMLDivElement>(null)
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} focus={() => feet.current?.querySelector('button') ?? null}>
      <div className="said">{children}</div>
      <div className="feet" ref={feet}>
        <Button kind="quiet" onClick={onClose}>{keep}</Button>
        <Button
          kind="danger"
          onClick={() => {
            onClose()
            onAct()
          }}
        >
          {act}
        </Button>
      </div>
    </Dialog>
  )
}

interface FormDialogProps {
  title: string
  children: ReactNode
  act: string
  isOpen: boolean
  isBusy?: boolean
  wide?: boolean
  /** Why it cannot be sent yet. */
  reason?: string | null
  onSend: () => void
  onClose: () => void
}

/** Several answers, then one verb. */
export function FormDialog({ title, children, act, isOpen, isBusy, wide, reason, onSend, onClose }: FormDialogProps) {
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (!reason && !isBusy) onSend()
  }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} {...(wide ? { wide } : {})}>
      <form onSubmit={send} noValidate>
        {children}
        <div className="feet">
          <Button kind="quiet" onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" reason={reason} busy={isBusy ?? false}>{act}</Button>
        </div>
      </form>
    </Dialog>
  )
}
