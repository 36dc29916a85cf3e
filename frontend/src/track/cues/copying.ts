/** The clipboard: also where the page is not served safely, and browsers hand it out only during a copy. */

let copiedHere = ''

/** During a key or a click. */
export function copyCues(text: string): void {
  copiedHere = text
  const give = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
  }
  document.addEventListener('copy', give)
  document.execCommand('copy')
  document.removeEventListener('copy', give)
}

/** What a button may read: all that was copied where the browser allows it, else what was copied on this page. */
export async function readCopied(): Promise<string> {
  try {
    return (await navigator.clipboard.readText()) || copiedHere
  } catch {
    return copiedHere
  }
}
