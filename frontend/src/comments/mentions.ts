/** Mentions: who is named by an @ in a comment. */
import type { Person } from '../wire/types'

/** Those whose whole or first name stands behind an @; the longest name that fits is meant. */
export function mentioned(text: string, people: readonly Person[]): string[] {
  const byLength = [...people].filter(({ name }) => name).sort((one, other) => other.name.length - one.name.length)
  const found = new Set<string>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const rest = text.slice(at + 1).toLowerCase()
    const person = byLength.find(({ name }) => begins(rest, name)) ?? byLength.find(({ name }) => begins(rest, name.split(' ')[0] ?? name))
    if (person) found.add(person.id)
  }
  return [...found]
}

function begins(text: string, name: string): boolean {
  const rest = text.slice(name.length, name.length + 1)
  return name !== '' && text.startsWith(name.toLowerCase()) && !/[\p{L}\p{N}]/u.test(rest)
}

/** The text in pieces: those that name one of these people by an @ are marked. */
export function withMentions(text: string, people: readonly Pick<Person, 'name'>[]): { text: string; isMention: boolean }[] {
  const names = people.flatMap(({ name }) => [name, name.split(' ')[0] ?? '']).filter(Boolean).sort((one, other) => other.length - one.length)
  const pieces: { text: string; isMention: boolean }[] = []
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const name = names.find((one) => begins(text.slice(at + 1).toLowerCase(), one))
    if (!name) continue
    pieces.push({ text: text.slice(from, at), isMention: false }, { text: text.slice(at, at + 1 + name.length), isMention: true })
    from = at + 1 + name.length
  }
  return [...pieces, { text: text.slice(from), isMention: false }].filter((piece) => piece.text)
}

/** What is being typed behind the last @ before the caret, or null: "@In" gives "In". */
export function beingTyped(text: string, caret: number): string | null {
  return /(?:^|\s)@([\p{L}\p{N}-]*)$/u.exec(text.slice(0, caret))?.[1] ?? null
}

/** The people that fit what is being typed, at most five. */
export function offered(typed: string, people: readonly Person[]): Person[] {
  const words = typed.toLowerCase()
  return people.filter(({ name }) => name.toLowerCase().split(' ').some((part) => part.startsWith(words))).slice(0, 5)
}

/** The text with the name in the place of what was typed, and where the caret goes. */
export function completed(text: string, caret: number, person: Person): { text: string; caret: number } {
  const from = text.lastIndexOf('@', caret - 1)
  const before = `${text.slice(0, from)}@${person.name} `
  return { text: before + text.slice(caret).replace(/^ /, ''), caret: before.length }
}
