/** Menu: opens at its button, arrows move, typing finds, Esc gives the focus back. Popover: the same for anything else. */
import * as Dropdown from '@radix-ui/react-dropdown-menu'
import * as Radix from '@radix-ui/react-popover'
import { Fragment, useRef, type ReactElement, type ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

export interface MenuItem {
  id: string
  label: string
  icon?: IconName
  /** A line above this item. */
  line?: boolean
  /** Small words above this item. */
  caption?: string
  keys?: string
  danger?: boolean
  on?: boolean
  href?: string
  reason?: string | null
  act?: () => void
  /** Instead of `act`: opens what takes the focus itself, so it is called when the menu has closed. */
  opens?: () => void
}

export function Menu({ button, items, align = 'start' }: { button: ReactElement; items: MenuItem[]; align?: 'start' | 'end' }) {
  const chosen = useRef<MenuItem | null>(null)
  /** Focus that went back to the button would be taken from what opens, which closes then. */
  const closed = (event: Event): void => {
    const opens = chosen.current?.opens
    chosen.current = null
    if (!opens) return
    event.preventDefault()
    opens()
  }
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{button}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className="menu" align={align} sideOffset={4} collisionPadding={8} loop onCloseAutoFocus={closed}>
          {items.map((item) => (
            <Fragment key={item.id}>
              {item.line && <Dropdown.Separator asChild><hr /></Dropdown.Separator>}
              {item.caption && <Dropdown.Label className="caption">{item.caption}</Dropdown.Label>}
              <MenuLine item={item} onChoose={() => { chosen.current = item }} />
            </Fragment>
          ))}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  )
}

function MenuLine({ item, onChoose }: { item: MenuItem; onChoose: () => void }) {
  const classes = ['item', item.danger && 'danger', item.on && 'on'].filter(Boolean).join(' ')
  const inside = (
    <>
      {item.icon && <Icon name={item.icon} />}
      <span className="grow clip">{item.label}</span>
      {item.reason && <span className="faint xs">{item.reason}</span>}
      {item.keys && <span className="kbd end">{item.keys}</span>}
      {item.on && <Icon name="check" size="small" />}
    </>
  )
  if (item.href !== undefined) {
    return (
      <Dropdown.Item asChild className={classes} textValue={item.label}>
        <a href={item.href}>{inside}</a>
      </Dropdown.Item>
    )
  }
  const choose = (): void => {
    onChoose()
    item.act?.()
  }
  return (
    <Dropdown.Item className={classes} textValue={item.label} disabled={Boolean(item.reason)} onSelect={choose}>
      {inside}
    </Dropdown.Item>
  )
}

interface PopoverProps {
  button: ReactElement
  children: ReactNode
  label: string
  align?: 'start' | 'center' | 'end'
  open?: boolean
  onOpenChange?: (isOpen: boolean) => void
}

export function Popover({ button, children, label, align = 'end', open, onOpenChange }: PopoverProps) {
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{button}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="popover" aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
