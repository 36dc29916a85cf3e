/** Pairing: type the code that a device shows. */
import { useEffect, useState } from 'react'
import { projectId } from '../lib/page'
import { FormDialog } from '../parts/Dialog'
import { TextField } from '../parts/basics'
import { toast } from '../parts/toasts'
import { ApiError, post, sentenceOf } from '../wire/api'
import { refresh } from '../wire/query'
import type { CaptureDevice } from '../wire/types'

/** "h4kt9xpa" → "H4KT-9XPA" while it is typed. */
export function shownCode(text: string): string {
  const signs = text.toUpperCase().replaceAll(/[^0-9A-Z]/g, '').slice(0, 8)
  return signs.length > 4 ? `${signs.slice(0, 4)}-${signs.slice(4)}` : signs
}

export function PairDialog({ isOpen, onClose, onPaired }: { isOpen: boolean; onClose: () => void; onPaired: (device: CaptureDevice) => void }) {
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [wrong, setWrong] = useState<{ field: string | null; sentence: string } | null>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    if (isOpen) [setCode, setName].forEach((clear) => clear(''))
    setWrong(null)
  }, [isOpen])
  const send = async (): Promise<void> => {
    setBusy(true)
    setWrong(null)
    try {
      const device = await post<CaptureDevice>(`/projects/${projectId()}/devices`, { code, name })
      await refresh('devices')
      toast(`“${device.name}” is paired.`, { more: 'It fetches its token by itself within a few seconds.' })
      onPaired(device)
      onClose()
    } catch (fault) {
      setWrong({ field: fault instanceof ApiError ? fault.field : null, sentence: sentenceOf(fault) })
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog title="Which code does the device show?" act="Pair" isOpen={isOpen} isBusy={isBusy} reason={code.length < 9 ? 'Type the eight letters and digits.' : null} onSend={() => void send()} onClose={onClose}>
      <p className="soft">Run <code className="mono">phosphene-capture pair --studio {window.location.origin}</code> on it.</p>
      <div className="code-field"><TextField label="Code" value={code} onChange={(text) => setCode(shownCode(text))} wrong={wrong && wrong.field !== 'name' ? wrong.sentence : null} placeholder="H4KT-9XPA" autoComplete="off" autoCapitalize="characters" spellCheck={false} /></div>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong?.field === 'name' ? wrong.sentence : null} hint="Without one it keeps its own." maxLength={100} placeholder="Tripod Pi" />
    </FormDialog>
  )
}

/** The two lines that put the agent on a Raspberry Pi, and the one that pairs it. */
export function HowToPair() {
  const install = [
    'sudo apt install -y git python3-venv python3-picamera2 --no-install-recommends',
    "python3 -m venv --system-site-packages ~/phosphene && ~/phosphene/bin/pip install './phosphene[capture]'   # a checkout of Phosphene",
  ]
  const pair = [`~/phosphene/bin/phosphene-capture pair --studio ${window.location.origin}   # shows the code`, '~/phosphene/bin/phosphene-capture run']
  return (
    <div className="col">
      <div className="label">On a Raspberry Pi with its camera</div>
      <pre className="mono code">{install.join('\n')}</pre>
      <div className="label">Then, and on any other computer with a camera</div>
      <pre className="mono code">{pair.join('\n')}</pre>
    </div>
  )
}
