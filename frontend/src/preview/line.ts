/** The line of a preview: which words go over it, and what a refusal means here. */
import type { Scope } from '../lib/scope'
import { openLine as open, type Line as AnyLine } from '../wire/line'
import type { FromStudio, ToStudio } from './messages'

const refusals = (what: string): Record<number, string> => ({
  4401: 'You are signed out. Sign in again to see the preview.',
  4403: `This ${what} is no longer shared with you.`,
  4404: 'There is nothing here, or it is not shared with you.',
})

export type Line = AnyLine<FromStudio, ToStudio>

/** `what` is shown, as a person calls it: "scene". */
export function openLine(scope: Scope, path: string, what: string): Line {
  return open<FromStudio, ToStudio>(scope, path, refusals(what))
}
