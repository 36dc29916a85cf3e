import { useState, type FormEvent } from 'react'
import { chooseTheme, me } from '../../lib/me'
import { useStore } from '../../lib/store'
import type { Theme } from '../../lib/theme'
import { TextField } from '../../parts/basics'
import { Button } from '../../parts/Button'
import { toast, toastFault } from '../../parts/toasts'
import { ApiError, patch, post, sentenceOf } from '../../wire/api'
import type { Me } from '../../wire/types'

const themes: { id: Theme; label: string }[] = [
  { id: 'dark', label: 'Dark' },
  { id: 'light', label: 'Light' },
  { id: 'system', label: 'Like the machine' },
]

export function You() {
  const self = useStore(me)
  if (!self) return null
  const theme = self.preferences.theme ?? 'dark'
  return (
    <>
      <NameForm self={self} />
      <h2>Theme</h2>
      <div className="group" role="group" aria-label="Theme">
        {themes.map((one) => (
          <Button key={one.id} on={theme === one.id} onClick={() => void chooseTheme(one.id).catch((fault: unknown) => toastFault(fault))}>{one.label}</Button>
        ))}
      </div>
      <p className="hint">Pictures are judged best beside dark, neutral grey.</p>
      <PasswordForm />
    </>
  )
}

function NameForm({ self }: { self: Me }) {
  const [name, setName] = useState(self.name)
  const [wrong, setWrong] = useState<string | null>(null)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    patch<Me>('/me', { name: name.trim() })
      .then((kept) => {
        me.set(kept)
        setWrong(null)
        toast('Your name is changed.')
      })
      .catch((fault: unknown) => setWrong(sentenceOf(fault)))
  }
  const isSame = name.trim() === self.name
  return (
    <form className="settingform" onSubmit={send}>
      <h2>You</h2>
      <TextField label="Name" value={name} onChange={setName} wrong={wrong} maxLength={100} autoComplete="name" />
      <TextField label="E-mail" value={self.email} onChange={() => undefined} readOnly hint="You sign in with it." />
      <div><Button type="submit" reason={!name.trim() ? 'Write a name.' : isSame ? 'Nothing is changed.' : null}>Save</Button></div>
    </form>
  )
}

function PasswordForm() {
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const field = fault instanceof ApiError ? fault.field : null
  const send = (event: FormEvent): void => {
    event.preventDefault()
    post('/me/password', { current, password })
      .then(() => {
        setCurrent('')
        setPassword('')
        setFault(null)
        toast('Your password is changed. Other sessions of yours have ended.')
      })
      .catch(setFault)
  }
  const wrong = (name: string): string | null => (fault && (field === name || (name === 'password' && field !== 'current')) ? sentenceOf(fault) : null)
  return (
    <form className="settingform" onSubmit={send}>
      <h2>Password</h2>
      <TextField label="Password so far" type="password" value={current} onChange={setCurrent} wrong={wrong('current')} autoComplete="current-password" hint="Leave it empty when you came by a link and have none yet." />
      <TextField label="New password" type="password" value={password} onChange={setPassword} wrong={wrong('password')} autoComplete="new-password" />
      <div><Button type="submit" reason={password ? null : 'Write the new password.'}>Change password</Button></div>
    </form>
  )
}
