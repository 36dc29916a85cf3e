/** Takes a file, answers with its SHA-256, or with null when it cannot be read. */
import { hashOfStream } from './hash'

addEventListener('message', (event: MessageEvent<Blob>) => {
  hashOfStream(event.data.stream()).then((hex) => postMessage(hex), () => postMessage(null))
})
