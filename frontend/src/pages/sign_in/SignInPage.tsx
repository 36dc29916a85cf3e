/** Sign in: e-mail and password. A plain form: it works the way every browser and password keeper knows. */
import { useState } from 'react'
import { pageData } from '../../lib/page'
import { TextField } from '../../parts/basics'
import { Icon } from '../../parts/Icon'
import { csrfToken } from '../../wire/api'
import { Outside } from './Outside'

export function SignInPage() {
  const { next, error, email: tried } = pageData()
  const [email, setEmail] = useState(tried)
  const [password, setPassword] = useState('')
  const isWrong = Boolean(error)
  return (
    <Outside seed={37}>
      <form className="col" method="post" action="/sign-in/">
        <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
        <input type="hidden" name="next" value={next} />
        <h1>Sign in</h1>
        <div className="soft where">to the studio at {window.location.host}</div>
        <TextField label="E-mail" name="email" type="email" value={email} onChange={setEmail} autoComplete="username" autoFocus={!tried} required />
        <div>
          <TextField label="Password" name="password" type="password" value={password} onChange={setPassword} autoComplete="current-password" autoFocus={Boolean(tried)} required {...(isWrong ? { 'aria-invalid': true, 'aria-describedby': 'refusal' } : {})} />
          {isWrong && <div id="refusal" className="row top xs danger refusal" role="alert"><Icon name="alert" size="small" /><span>{error}</span></div>}
        </div>
        <button type="submit" className="btn primary tall">Sign in</button>
        <p className="xs faint">There is no open sign-up. An owner invites people with a link that works once.</p>
      </form>
    </Outside>
  )
}
