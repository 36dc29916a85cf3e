/** Chips: the conditions of the filter with their live counts; a click edits one, × takes it away. */
import { useState } from 'react'
import { count } from '../lib/format'
import { useStore } from '../lib/store'
import { Icon } from '../parts/Icon'
import { Menu, Popover } from '../parts/Menu'
import { ConditionEditor } from './ConditionEditor'
import { clearedOf } from './choose'
import type { Desk } from './desk'
import { conditionNames, conditionsOf, type ConditionName, type Filter } from './filter'
import { chipWords, scales } from './words'

export const conditionTitles: Record<ConditionName, string> = {
  sessions: 'Session', devices: 'Camera', taken: 'Time taken', faces: 'Faces', sharpness: 'Sharpness', face_px: 'Face size', roll: scales.roll.title,
  clipped: scales.clipped.title, brightness: 'Brightness', yaw: scales.yaw.title, off_centre: scales.off_centre.title, stars: 'Stars',
  duplicates: 'Near duplicates', stack: 'Stack', state: 'File', text: 'Name or words',
}

export function Chips({ desk, names }: { desk: Desk; names: (id: string) => string }) {
  const { filter } = useStore(desk.place)
  const facets = useStore(desk.facets)
  const [open, setOpen] = useState<ConditionName | null>(null)
  const set = conditionsOf(filter)
  const change = (part: Filter): void => desk.show({ ...filter, ...part })
  const missing = conditionNames.filter((name) => !set.includes(name) && name !== 'stack')
  const isNew = open !== null && !set.includes(open)
  const editor = (name: ConditionName) => <ConditionEditor name={name} filter={filter} facets={facets} dataset={desk.dataset} onChange={change} onClose={() => setOpen(null)} />
  return (
    <div className="row chipsrow" role="group" aria-label="Filters">
      {set.map((name) => {
        const words = chipWords(filter, name, names)
        const live = facets?.chips[name]
        return (
          <span key={name} className="chip on">
            <Popover
              label={conditionTitles[name]} align="start" open={open === name} onOpenChange={(isOpen) => setOpen(isOpen ? name : null)}
              button={<button type="button" className="chipbutton">{words}{live !== undefined && <span className="num">{count(live)}</span>}</button>}
            >
              {editor(name)}
            </Popover>
            <button type="button" className="chipclose" aria-label={`Take away “${words}”`} onClick={() => clearedOf(desk, name)}><Icon name="close" /></button>
          </span>
        )
      })}
      {isNew && (
        <span className="chip on">
          <Popover label={conditionTitles[open]} align="start" open onOpenChange={(isOpen) => !isOpen && setOpen(null)} button={<button type="button" className="chipbutton">{conditionTitles[open]}</button>}>
            {editor(open)}
          </Popover>
        </span>
      )}
      <Menu
        button={<button type="button" className="chip"><Icon name="plus" />Filter</button>}
        items={missing.map((name) => ({ id: name, label: conditionTitles[name], opens: () => setOpen(name) }))}
      />
    </div>
  )
}
