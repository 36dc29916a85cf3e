/** Change settings: what a run may go on with, while it does not train. */
import { useState } from 'react'
import { FaultNote, Skeleton } from '../parts/basics'
import { FormDialog } from '../parts/Dialog'
import { toast } from '../parts/toasts'
import { ApiError } from '../wire/api'
import { useAsk } from '../wire/query'
import { changeRun } from './deeds'
import { withValues } from './fields'
import { trainingQueries } from './queries'
import { Setting } from './Setting'
import type { Run } from './wire'

const WITHOUT_SIZES: readonly number[] = []

export function ChangeSettings({ run, onClose }: { run: Run; onClose: () => void }) {
  const asked = useAsk(trainingQueries.settings(run))
  const [values, setValues] = useState<Readonly<Record<string, unknown>>>({})
  const [wrongTexts, setWrongTexts] = useState<Readonly<Record<string, string>>>({})
  const [refusal, setRefusal] = useState<{ field: string; sentence: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const fields = asked.data?.items ?? []
  const changes = Object.fromEntries(fields.filter((one) => one.name in values && JSON.stringify(values[one.name]) !== JSON.stringify(one.value)).map((one) => [one.name, values[one.name]]))
  const wrong = (name: string, sentence: string | null): void => setWrongTexts(({ [name]: _before, ...rest }) => (sentence === null ? rest : { ...rest, [name]: sentence }))
  const set = (name: string, value: unknown): void => {
    setRefusal(null)
    setValues((now) => ({ ...now, [name]: value }))
  }
  const send = async (): Promise<void> => {
    setBusy(true)
    try {
      await changeRun(run, { changes })
      toast('It goes on with them.')
      onClose()
    } catch (fault) {
      const field = fault instanceof ApiError ? (fault.field ?? '') : ''
      setRefusal({ field: field.replace(/^changes\./, ''), sentence: (fault as Error).message })
      setBusy(false)
    }
  }
  const isPlaced = refusal !== null && fields.some((one) => one.name === refusal.field)
  return (
    <FormDialog title={`With what does “${run.name}” go on?`} act="Change" wide isOpen isBusy={isBusy} reason={reasonOf(wrongTexts, changes)} onSend={() => void send()} onClose={onClose}>
      <p className="soft xs">They hold from the checkpoint that it goes on from. With other values of the rest it would be another run.</p>
      {asked.error && <FaultNote fault={asked.error} what="The settings could not be loaded." again={() => void asked.refetch()} />}
      {asked.isPending && <Skeleton rows={7} height={40} />}
      {refusal && !isPlaced && <div className="wrong-text" role="alert">{refusal.sentence}</div>}
      <div className="settings-grid">
        {withValues(fields, values).map((one) => (
          <Setting key={one.name} field={one} sizes={WITHOUT_SIZES} problem={refusal?.field === one.name ? refusal.sentence : null} wrong={wrongTexts[one.name] ?? null} onWrong={(sentence) => wrong(one.name, sentence)} onSet={(value) => set(one.name, value)} />
        ))}
      </div>
    </FormDialog>
  )
}

function reasonOf(wrongTexts: Readonly<Record<string, string>>, changes: Readonly<Record<string, unknown>>): string | null {
  if (Object.keys(wrongTexts).length > 0) return 'A setting holds what is no value. It is marked.'
  return Object.keys(changes).length > 0 ? null : 'Nothing is changed yet.'
}
