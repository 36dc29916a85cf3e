/** Freeze: a name, how each portrait is cut, a sample of the cuts, then the list is fixed. */
import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { count, plural } from '../lib/format'
import { useSettled } from '../lib/settled'
import { ChoiceField, FaultNote, TextField } from '../parts/basics'
import { Button } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { toast } from '../parts/toasts'
import { ApiError, sentenceOf } from '../wire/api'
import { refresh, useAsk } from '../wire/query'
import { everything } from './choose'
import type { Desk } from './desk'
import { bodyOf, sizeOf } from './selection'
import { freeze, leftOutWords, plainRecipe, previewCrops, recipeWords, sizes, type CropPreview, type Recipe } from './versions'

const crops = [
  { value: 'face', label: 'Square around the face' },
  { value: 'centre', label: 'From the middle' },
  { value: 'ffhq', label: 'FFHQ alignment, by landmarks' },
]
const aspects = [{ value: 'square', label: 'Square' }, { value: 'keep', label: 'Keep the aspect' }]
const filters = [{ value: 'lanczos', label: 'Lanczos, sharpest' }, { value: 'area', label: 'Area, smoothest' }, { value: 'bicubic', label: 'Bicubic' }]

interface FreezeProps {
  desk: Desk
  number: number
  /** What is done with the version; nothing is said where it is only shown. */
  next?: { words: string; go: (version: string) => void }
  onClose: () => void
}

export function FreezeDialog({ desk, number, next, onClose }: FreezeProps) {
  const [recipe, setRecipe] = useState<Recipe>(plainRecipe)
  const [name, setName] = useState('')
  const [note, setNote] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  // What is frozen is what was shown when the dialog opened, however the page changes behind it.
  const [selection] = useState(() => everything(desk))
  const body = bodyOf(selection)
  const [seed, setSeed] = useState(1)
  const settled = useSettled(recipe, 300)
  const sample = useAsk({ queryKey: ['crops', desk.dataset, body, settled, seed], queryFn: () => previewCrops(desk.dataset, { selection: body!, recipe: settled, seed }), enabled: body !== null })
  const set = (part: Partial<Recipe>): void => setRecipe((now) => ({ ...now, ...part }))
  const send = async (): Promise<void> => {
    if (!body) return
    setBusy(true)
    try {
      const made = await freeze(desk.dataset, { selection: body, name: name.trim(), note: note.trim(), recipe })
      await refresh('versions')
      if (next) return next.go(made.id)
      toast(`Version ${made.number} is being frozen.`, { action: { label: 'Show', act: () => desk.openVersion(made.id) } })
      onClose()
      desk.openVersion(made.id)
    } catch (error) {
      setFault(error)
      setBusy(false)
    }
  }
  const wrong = fault instanceof ApiError && fault.field ? sentenceOf(fault) : null
  return (
    <FormDialog title={`Freeze ${plural(sizeOf(selection), 'portrait')} as version ${number}${next ? ` and ${next.words}` : ''}?`} act={next ? `Freeze and ${next.words}` : `Freeze version ${number}`} isOpen wide isBusy={isBusy} reason={!body ? 'At most 5,000 portraits can be chosen one by one.' : sample.data?.count === 0 ? 'No portrait would be in it.' : null} onSend={() => void send()} onClose={onClose}>
      <div className="freeze">
        <div className="col">
          <TextField label="Name" value={name} onChange={setName} placeholder={recipeWords(recipe)} maxLength={100} />
          <ChoiceField label="Cut" value={recipe.crop} choices={crops} onChange={(crop) => set({ crop: crop as Recipe['crop'], ...(crop === 'ffhq' ? { aspect: 'square' as const } : {}) })} />
          {recipe.crop === 'face' && (
            <div className="label-row">
              <label className="label" htmlFor="freeze-margin">Room around the face, {Math.round(recipe.margin * 100)} % of its side</label>
              <input id="freeze-margin" type="range" className="range grow" min={0} max={2} step={0.05} value={recipe.margin} style={{ '--v': recipe.margin / 2 } as React.CSSProperties} onChange={(event) => set({ margin: Number(event.target.value) })} />
            </div>
          )}
          <div className="two">
            {recipe.crop !== 'ffhq' && <ChoiceField label="Shape" value={recipe.aspect} choices={aspects} onChange={(aspect) => set({ aspect: aspect as Recipe['aspect'] })} />}
            <ChoiceField label="Size" value={String(recipe.size)} choices={sizes.map((size) => ({ value: String(size), label: `${size} px` }))} onChange={(size) => set({ size: Number(size) })} />
          </div>
          <ChoiceField label="Resampling" value={recipe.resampling} choices={filters} onChange={(resampling) => set({ resampling: resampling as Recipe['resampling'] })} />
          <TextField label="Note" value={note} onChange={setNote} maxLength={2000} />
          {wrong && <p className="wrong-text" role="alert">{wrong}</p>}
          {fault !== null && !wrong && <FaultNote fault={fault} what="The version was not frozen." />}
        </div>
        {body && <Sample sample={sample} size={recipe.size} onOthers={() => setSeed((now) => now + 1)} />}
      </div>
    </FormDialog>
  )
}

/** A dozen cuts as training will see them. */
function Sample({ sample, size, onOthers }: { sample: UseQueryResult<CropPreview>; size: number; onOthers: () => void }) {
  const left = sample.data?.left_out ?? []
  const all = left.reduce((sum, one) => sum + one.count, 0)
  return (
    <div className="col">
      <div className="row"><span className="label grow">A sample of the cuts</span><Button small kind="quiet" icon="dice" onClick={onOthers}>Others</Button></div>
      <div className={sample.isFetching ? 'cropgrid waiting' : 'cropgrid'}>
        {Array.from({ length: 12 }, (_, at) => {
          const one = sample.data?.samples[at]
          return <div key={at} className="tile">{one && <img src={one.image} alt={one.name} title={one.name} />}</div>
        })}
      </div>
      {sample.error && <FaultNote fault={sample.error} what="No sample could be cut." again={() => void sample.refetch()} />}
      {sample.data && (
        <p className="xs faint" role="status">
          {plural(sample.data.count, 'portrait')} would be in it{all === 0 ? '; none is left out.' : `; ${count(all)} left out: ${leftOutWords(left)}.`}
          {sample.data.enlarged > 0 ? ` ${count(sample.data.enlarged)} are smaller in the original than ${size} px and would be enlarged.` : ''}
        </p>
      )}
    </div>
  )
}
