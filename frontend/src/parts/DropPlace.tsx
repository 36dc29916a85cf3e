/** Makes the whole page a place to drop files on, while `isOn`. */
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { filesOf, type Dropped } from '../lib/folders'
import { toastFault } from './toasts'

interface DropPlaceProps {
  isOn: boolean
  title: string
  children?: ReactNode
  onDrop: (dropped: Dropped) => void
}

export function DropPlace({ isOn, title, children, onDrop }: DropPlaceProps) {
  const [isOver, setOver] = useState(false)
  const latest = useRef(onDrop)
  useEffect(() => {
    latest.current = onDrop
  })
  useEffect(() => {
    if (!isOn) return setOver(false)
    let depth = 0
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      if (event.type === 'dragenter') depth += 1
      setOver(true)
    }
    const left = (): void => {
      depth -= 1
      if (depth <= 0) setOver(false)
    }
    const dropped = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault()
      depth = 0
      setOver(false)
      if (!event.dataTransfer) return
      filesOf(event.dataTransfer)
        .then((found) => latest.current(found))
        .catch((fault: unknown) => toastFault(fault, 'The folder could not be read.'))
    }
    window.addEventListener('dragenter', over)
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', left)
    window.addEventListener('drop', dropped)
    return () => {
      window.removeEventListener('dragenter', over)
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', left)
      window.removeEventListener('drop', dropped)
    }
  }, [isOn])
  if (!isOver || !isOn) return null
  return (
    <div className="dropzone">
      <div>
        <h2>{title}</h2>
        {children && <div className="soft">{children}</div>}
      </div>
    </div>
  )
}
