/** Every setting of a run in its group: name, value, default, what it does. What is not as in the preset is marked. */
import { useState } from 'react'
import { plural } from '../lib/format'
import { Button } from '../parts/Button'
import { Icon } from '../parts/Icon'
import { groupsOf, type FieldGroup } from './fields'
import { Setting } from './Setting'
import type { Plan, PlanField } from './wire'

interface SettingsProps {
  plan: Plan
  fields: readonly PlanField[]
  /** What is typed but cannot be, by name. */
  wrongTexts: Readonly<Record<string, string>>
  onWrong: (name: string, sentence: string | null) => void
  onSet: (name: string, value: unknown) => void
  onReset: () => void
}

export function Settings(props: SettingsProps) {
  const { fields, onReset } = props
  const changed = fields.filter((one) => one.changed).length
  return (
    <section className="step" aria-label="Settings">
      <div className="steptitle">
        <h2>Settings</h2>
        <span className="soft xs num">{changed === 0 ? 'All as in the preset.' : `${plural(changed, 'setting')} changed.`}</span>
        <span className="grow" />
        {changed > 0 && <Button small kind="quiet" icon="undo" onClick={onReset}>Back to the preset</Button>}
      </div>
      {groupsOf(fields).map((group) => <Group key={group.title} group={group} {...props} />)}
    </section>
  )
}

function Group({ group, plan, wrongTexts, onWrong, onSet }: SettingsProps & { group: FieldGroup }) {
  const isOff = (one: PlanField): boolean => plan.problems.some((problem) => problem.field === one.name) || one.name in wrongTexts
  const [isOpen, setOpen] = useState(false)
  // What is wrong may not hide.
  const isForced = group.advanced.some(isOff)
  const showsAll = isOpen || isForced
  const shown = showsAll ? [...group.plain, ...group.advanced] : group.plain
  const hidden = group.advanced.filter((one) => one.changed).length
  return (
    <div className="settinggroup" role="group" aria-label={group.title}>
      <button type="button" className="fold" aria-expanded={showsAll} onClick={() => setOpen(!isOpen)}>
        <Icon name={showsAll ? 'down' : 'right'} size="small" />
        {group.title}
        <span className="end xs faint num">{[group.changed > 0 && `${group.changed} changed${hidden === group.changed && !showsAll ? ', folded' : ''}`, !showsAll && group.advanced.length > 0 && `${group.advanced.length} more`].filter(Boolean).join(' · ')}</span>
      </button>
      {shown.length > 0 && (
        <div className="settings-grid">
          {shown.map((one) => (
            <Setting key={one.name} field={one} sizes={plan.sizes} problem={plan.problems.find((problem) => problem.field === one.name)?.sentence ?? null} wrong={wrongTexts[one.name] ?? null} onWrong={(sentence) => onWrong(one.name, sentence)} onSet={(value) => onSet(one.name, value)} />
          ))}
        </div>
      )}
    </div>
  )
}
