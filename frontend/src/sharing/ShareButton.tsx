/** The button that opens the links of a track or a film. */
import { useState } from 'react'
import { Button } from '../parts/Button'
import { ShareDialog } from './ShareDialog'

export function ShareButton({ noun, thing, reason }: { noun: 'tracks' | 'renders'; thing: { id: string; name: string }; reason?: string | null }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button small kind="line" icon="share" reason={reason} onClick={() => setOpen(true)}>Share</Button>
      <ShareDialog noun={noun} id={thing.id} name={thing.name} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}
