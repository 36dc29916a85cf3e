/** The form of a visualizer, made from its schema: groups that fold, each with its own way back to the defaults. */
import { useState } from 'react'
import { mayEdit } from '../lib/page'
import { useStore } from '../lib/store'
import { IconButton } from '../parts/Button'
import { Icon } from '../parts/Icon'
import type { ParameterValues, Visualizer } from '../wire/types'
import type { Draft } from './draft'
import { ParameterField } from './ParameterField'
import { defaultsOf, groupsOf, isChanged, type FieldGroup } from './schema'

const FOLDED = 'phosphene.folded'

export function ParameterForm({ draft, visualizer }: { draft: Draft; visualizer: Visualizer }) {
  const { parameters } = useStore(draft.scene)
  return groupsOf(visualizer.schema).map((group) => (
    <Group key={group.title} group={group} values={parameters} draft={draft} folds={`${visualizer.name} ${group.title}`} />
  ))
}

function Group({ group, values, draft, folds }: { group: FieldGroup; values: ParameterValues; draft: Draft; folds: string }) {
  const [isOpen, setOpen] = useFold(folds)
  const faults = useStore(draft.faults)
  const changed = group.fields.filter((field) => isChanged(field, values[field.name]))
  const hasFault = group.fields.some((field) => faults[field.name])
  return (
    <section className="sect group-of-fields" data-group={group.title}>
      <div className="title">
        <button type="button" className="fold" aria-expanded={isOpen || hasFault} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen || hasFault ? 'down' : 'right'} size="small" />
          {group.title}
        </button>
        {!isOpen && changed.length > 0 && <span className="faint xs end">{changed.length} changed</span>}
        {isOpen && changed.length > 0 && mayEdit() && (
          <span className="end">
            <IconButton small icon="undo" label={`Reset ${group.title}`} onClick={() => draft.set(defaultsOf(changed), `Reset ${group.title}`)} />
          </span>
        )}
      </div>
      {(isOpen || hasFault) && group.fields.map((field) => (
        <ParameterField
          key={field.name} field={field} value={values[field.name] ?? field.default} fault={faults[field.name]}
          onMove={(value) => draft.move({ [field.name]: value })}
          onSet={(value) => draft.set({ [field.name]: value }, field.title)}
        />
      ))}
    </section>
  )
}

/** Which groups are folded is remembered in this browser. */
function useFold(name: string): [boolean, (isOpen: boolean) => void] {
  const read = (): string[] => JSON.parse(localStorage.getItem(FOLDED) ?? '[]') as string[]
  const [isOpen, setOpen] = useState(() => !read().includes(name))
  return [
    isOpen,
    (next) => {
      setOpen(next)
      localStorage.setItem(FOLDED, JSON.stringify(next ? read().filter((one) => one !== name) : [...read(), name]))
    },
  ]
}
