import { element } from '../lib/element'
import { csrfToken } from '../wire/api'

/** A form, not a request, because the studio answers with the sign-in page. */
export function signOut(): void {
  const form = element('form', { method: 'post', action: '/sign-out/', hidden: true }, document.body)
  element('input', { type: 'hidden', name: 'csrfmiddlewaretoken', value: csrfToken() }, form)
  form.submit()
}
