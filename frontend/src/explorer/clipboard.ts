/** Recipes as text: Ctrl C and Ctrl V anywhere on the page, outside of fields. */
import type { Scope } from '../lib/scope'
import { isTyping } from '../lib/keys'
import { plainLook } from '../network/vectors'
import { toast, toastFault } from '../parts/toasts'
import type { Explored } from './address'
import type { Desk } from './desk'
import { brief, fromBrief } from './recipe'

export function recipeText({ vector, look }: Pick<Explored, 'vector' | 'look'>): string {
  const moved = JSON.stringify(look) !== JSON.stringify(plainLook)
  return JSON.stringify(moved ? { vector: brief(vector), look } : brief(vector), null, 2)
}

/** The vector alone, or with its look. Throws a sentence. */
export function readRecipe(text: string): Partial<Pick<Explored, 'look'>> & Pick<Explored, 'vector'> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('This is no recipe of a vector: it should be JSON in braces, with a seed.')
  }
  if (typeof value === 'object' && value !== null && 'vector' in value) {
    const { vector, look } = value as { vector: unknown; look?: Partial<Explored['look']> }
    return { vector: fromBrief(vector), look: { ...plainLook, ...look } }
  }
  return { vector: fromBrief(value) }
}

export async function copyRecipe(explored: Explored): Promise<void> {
  await navigator.clipboard.writeText(recipeText(explored)).then(() => toast('Copied the recipe of this vector.'), toastFault)
}

export async function pasteRecipe(desk: Desk): Promise<void> {
  await navigator.clipboard.readText().then((text) => takeRecipe(desk, text)).catch((fault: unknown) => toastFault(fault, 'Nothing was pasted.'))
}

function takeRecipe(desk: Desk, text: string): void {
  const read = readRecipe(text)
  desk.set((now) => ({ ...now, ...read }), 'Paste a recipe')
}

export function listenForRecipes(scope: Scope, desk: Desk): void {
  scope.listen(document, 'copy', (event: ClipboardEvent) => {
    if (isTyping(event.target) || document.getSelection()?.toString()) return
    event.clipboardData?.setData('text/plain', recipeText(desk.explored.get()))
    event.preventDefault()
    toast('Copied the recipe of this vector.')
  })
  scope.listen(document, 'paste', (event: ClipboardEvent) => {
    if (isTyping(event.target)) return
    try {
      takeRecipe(desk, event.clipboardData?.getData('text/plain') ?? '')
    } catch (fault) {
      toastFault(fault, 'Nothing was pasted.')
    }
  })
}
