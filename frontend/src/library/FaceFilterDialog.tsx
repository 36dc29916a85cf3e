/** Face filter: the rule of GANce: those with faces, their neighbours in time, then by chance up to a number. Nothing is deleted. */
import { useState } from 'react'
import { count, plural } from '../lib/format'
import { FaultNote, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { toast } from '../parts/toasts'
import { refresh, useAsk } from '../wire/query'
import { everything } from './choose'
import type { Desk } from './desk'
import { bodyOf, sizeOf } from './selection'
import { faceFilter, type FaceFilterOrder } from './versions'

function whole(text: string, least: number, most: number): number | null {
  const value = Number(text.replaceAll(',', '').trim())
  return Number.isInteger(value) && value >= least && value <= most ? value : null
}

export function FaceFilterDialog({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const [selection] = useState(() => everything(desk))
  const [texts, setTexts] = useState({ target: String(Math.min(50_000, sizeOf(selection))), neighbours: '2', seed: '1' })
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const [target, neighbours, seed] = [whole(texts.target, 1, 10_000_000), whole(texts.neighbours, 0, 50), whole(texts.seed, 0, 2 ** 31 - 1)]
  const body = bodyOf(selection)
  const order: FaceFilterOrder | null = target !== null && neighbours !== null && seed !== null && body ? { target, neighbours, seed, selection: body } : null
  const preview = useAsk({ queryKey: ['face-filter', desk.dataset, order], queryFn: () => faceFilter(desk.dataset, order!), enabled: order !== null })
  const found = preview.data
  const pick = async (): Promise<void> => {
    if (!order) return
    setBusy(true)
    try {
      const done = await faceFilter(desk.dataset, { ...order, apply: 'pick' })
      toast(`Picked ${plural(done.ids_count, 'portrait')} by the face filter.`, { more: 'Nothing is deleted.', action: { label: 'Undo', key: 'Mod+z', act: () => void desk.undo() } })
      await Promise.all([desk.renew(), refresh('datasets')])
      onClose()
    } catch (error) {
      setFault(error)
      setBusy(false)
    }
  }
  const set = (part: Partial<typeof texts>): void => setTexts((now) => ({ ...now, ...part }))
  return (
    <FormDialog title={`Choose by faces among ${plural(sizeOf(selection), 'portrait')}?`} act={found ? `Pick ${count(found.ids_count)}` : 'Pick them'} isOpen isBusy={isBusy} reason={order ? (found && found.ids_count === 0 ? 'Nothing would be picked.' : null) : 'Write whole numbers.'} onSend={() => void pick()} onClose={onClose}>
      <p className="soft xs">First every portrait with a face, then those taken just before and after one, then others by chance until the number is reached.</p>
      <div className="two">
        <TextField label="How many at most" inputMode="numeric" value={texts.target} onChange={(text) => set({ target: text })} wrong={target === null ? 'A whole number from 1.' : null} />
        <TextField label="Neighbours before and after" inputMode="numeric" value={texts.neighbours} onChange={(text) => set({ neighbours: text })} wrong={neighbours === null ? 'A whole number from 0 to 50.' : null} />
      </div>
      <div className="row seedrow">
        <TextField label="Seed of chance" inputMode="numeric" value={texts.seed} onChange={(text) => set({ seed: text })} wrong={seed === null ? 'A whole number from 0.' : null} />
        <Button icon="dice" onClick={() => set({ seed: String(Math.floor(Math.random() * 100_000)) })}>Another</Button>
      </div>
      {preview.error && <FaultNote fault={preview.error} what="The rule could not be tried." again={() => void preview.refetch()} />}
      <dl className={preview.isFetching ? 'facts left facefilter waiting' : 'facts left facefilter'} role="status">
        <dt>With a face</dt><dd>{found ? count(found.with_faces) : '–'}</dd>
        <dt>Neighbours</dt><dd>{found ? count(found.neighbours) : '–'}</dd>
        <dt>By chance</dt><dd>{found ? count(found.random) : '–'}</dd>
        {found?.skipped.map((one) => <Skipped key={one.reason} reason={one.reason} number={one.count} />)}
        <dt className="strong">Together</dt><dd className="strong">{found ? count(found.ids_count) : '–'}</dd>
      </dl>
      {fault !== null && <FaultNote fault={fault} what="Nothing was picked." />}
    </FormDialog>
  )
}

function Skipped({ reason, number }: { reason: string; number: number }) {
  return <><dt className="warn">Skipped</dt><dd>{count(number)}, {reason.charAt(0).toLowerCase()}{reason.slice(1)}</dd></>
}
