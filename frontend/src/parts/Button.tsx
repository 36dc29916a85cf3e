/** Button: verbs. One that cannot be used keeps its place and says why. Further attributes and `ref` go to the element. */
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from './Icon'
import { Tip } from './Tooltip'

type Rest = Omit<ComponentProps<'button'>, 'children' | 'onClick' | 'className' | 'type'>

interface Shared extends Rest {
  small?: boolean
  on?: boolean | undefined
  href?: string | undefined
  download?: boolean | string
  /** Why it cannot be pressed now: shown on hover, read by screen readers. */
  reason?: string | null | undefined
  className?: string
  onClick?: ((event: MouseEvent<HTMLElement>) => void) | undefined
}

interface ButtonProps extends Shared {
  children: ReactNode
  kind?: 'plain' | 'primary' | 'line' | 'quiet' | 'danger'
  icon?: IconName
  type?: 'button' | 'submit'
  busy?: boolean
}

export function Button({ children, kind = 'plain', icon, small, on, busy, className, ...rest }: ButtonProps) {
  const classes = ['btn', kind === 'plain' ? '' : kind, small && 'small', on && 'on', className].filter(Boolean).join(' ')
  const button = (
    <Pressable {...rest} on={on} className={classes} isOff={Boolean(rest.reason) || Boolean(busy)}>
      {busy ? <span className="dot busy" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </Pressable>
  )
  return rest.reason ? <Tip text={rest.reason}>{button}</Tip> : button
}

interface IconButtonProps extends Shared {
  icon: IconName
  /** The name read aloud and shown on hover, with its key: "Loop (L)". */
  label: string
  kind?: 'plain' | 'line' | 'quiet'
}

export function IconButton({ icon, label, kind = 'quiet', small, on, className, ...rest }: IconButtonProps) {
  const classes = ['btn icon', kind === 'plain' ? '' : kind, small && 'small', on && 'on', className].filter(Boolean).join(' ')
  return (
    <Tip text={rest.reason ?? label}>
      <Pressable {...rest} on={on} className={classes} aria-label={label} isOff={Boolean(rest.reason)}>
        <Icon name={icon} />
      </Pressable>
    </Tip>
  )
}

type PressableProps = Shared & { children: ReactNode; isOff: boolean; type?: 'button' | 'submit' }

/** A link when it leads somewhere, else a button. */
function Pressable({ children, isOff, href, download, on, reason: _reason, small: _small, onClick, type = 'button', ...rest }: PressableProps) {
  if (href !== undefined && !isOff) {
    const asLink = rest as unknown as ComponentProps<'a'>
    return (
      <a {...asLink} href={href} onClick={onClick} {...(download ? { download: download === true ? '' : download } : {})}>
        {children}
      </a>
    )
  }
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={isOff || undefined}
      aria-pressed={on}
      onClick={(event) => {
        if (isOff) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {children}
    </button>
  )
}
