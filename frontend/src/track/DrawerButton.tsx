/** On a narrow window the inspector is a drawer; this opens it. */
import { IconButton } from '../parts/Button'

interface DrawerButtonProps {
  label: string
  isOpen: boolean
  onChange: (isOpen: boolean) => void
}

export function DrawerButton({ label, isOpen, onChange }: DrawerButtonProps) {
  return (
    <div className="drawer-button">
      <IconButton kind="plain" small icon="panel" label={isOpen ? `Hide ${label.toLowerCase()}` : label} on={isOpen} onClick={() => onChange(!isOpen)} />
    </div>
  )
}
