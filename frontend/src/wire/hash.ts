/** SHA-256 of files of any size: read in pieces, beside the page, so that nothing waits for it. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** The browser's own is faster, but takes a file whole; and only pages of https or of this machine have it. */
const LARGEST_WHOLE = 64 * 1024 * 1024

/** In hexadecimal. */
export async function hashOfStream(stream: ReadableStream<Uint8Array>): Promise<string> {
  const hash = sha256.create()
  const reader = stream.getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) hash.update(piece.value)
  return bytesToHex(hash.digest())
}

/** In hexadecimal; null where the file cannot be read any more. */
export async function hashOfFile(file: Blob): Promise<string | null> {
  try {
    if (file.size > LARGEST_WHOLE || typeof crypto.subtle === 'undefined') return await besidePage(file)
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())))
  } catch {
    return null
  }
}

function besidePage(file: Blob): Promise<string> {
  const worker = new Worker(new URL('./hash_worker.ts', import.meta.url))
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<string | null>) => (event.data === null ? reject(new Error('The file could not be read.')) : resolve(event.data))
    worker.onerror = reject
    worker.postMessage(file)
  }).finally(() => worker.terminate())
}
