import { useState } from 'react'
import { TextField } from '../parts/basics'
import { Button, IconButton } from '../parts/Button'
import { FormDialog } from '../parts/Dialog'
import { toast } from '../parts/toasts'
import { changeRun, type RunChange } from './deeds'
import { readValue } from './fields'
import type { Run } from './wire'
import { kimgWords } from './words'

const rule = { kind: 'number', optional: false, minimum: 0.001, maximum: 1_000_000, title: '' } as const

/** What of a run may change while it goes on: how long it is and how often it keeps a snapshot. */
export function LengthMenu({ run, act }: { run: Run; act?: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {act ? <Button small icon="play" onClick={() => setOpen(true)}>{act}</Button> : <IconButton small icon="settings" label="Length and snapshots" onClick={() => setOpen(true)} />}
      {isOpen && <LengthForm run={run} onClose={() => setOpen(false)} />}
    </>
  )
}

function LengthForm({ run, onClose }: { run: Run; onClose: () => void }) {
  const [length, setLength] = useState(String(run.total_kimg))
  const [interval, setInterval] = useState(String(run.snapshot_kimg))
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [kimg, every] = [readValue(rule, length), readValue(rule, interval)]
  const tooShort = 'value' in kimg && Number(kimg.value) <= run.kimg ? `It has seen ${kimgWords(run.kimg)} already. Choose more, or stop it.` : null
  const send = async (): Promise<void> => {
    if (!('value' in kimg) || !('value' in every)) return
    const change: RunChange = {}
    if (Number(kimg.value) !== run.total_kimg) change.kimg = Number(kimg.value)
    if (Number(every.value) !== run.snapshot_kimg) change.snapshot_kimg = Number(every.value)
    // What has ended goes on when it is made longer.
    if (run.state === 'done' && change.kimg) change.wanted = 'run'
    setBusy(true)
    try {
      await changeRun(run, change)
      toast('It takes effect after this step.')
      onClose()
    } catch (fault) {
      setRefusal((fault as Error).message)
      setBusy(false)
    }
  }
  const reason = 'wrong' in kimg ? kimg.wrong : 'wrong' in every ? every.wrong : tooShort
  return (
    <FormDialog title="How long, and how often a snapshot?" act="Change" isOpen isBusy={isBusy} reason={reason} onSend={() => void send()} onClose={onClose}>
      <TextField label="Length, kimg" inputMode="decimal" value={length} onChange={setLength} wrong={refusal ?? ('wrong' in kimg ? kimg.wrong : tooShort)} hint="Thousands of pictures shown to the discriminator, from the beginning of the run." />
      <TextField label="Snapshot every … kimg" inputMode="decimal" value={interval} onChange={setInterval} wrong={'wrong' in every ? every.wrong : null} hint="Each is kept, stands in the network’s growth strip and can be used at once." />
    </FormDialog>
  )
}
