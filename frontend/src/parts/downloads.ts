/** Downloads of what the studio makes on being asked: where it cannot, its sentence is told instead of a failed download. */
import { request } from '../wire/api'
import { toastFault } from './toasts'

/** `path` below `/api/v1`, of an answer that is quickly made and comes as an attachment. */
export function download(path: string): void {
  request('GET', path).then(() => location.assign(`/api/v1${path}`)).catch(toastFault)
}
