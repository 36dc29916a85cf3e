import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashOfFile, hashOfStream } from './hash'

const bytes = Uint8Array.from({ length: 300_001 }, (_, at) => (at * 7919) % 251)
const expected = createHash('sha256').update(bytes).digest('hex')

test('a file read in pieces has the hash of the whole', async () => {
  const pieces = [0, 1, 64, 65_537, 300_000]
  const stream = new ReadableStream<Uint8Array>({
    start(to) {
      pieces.forEach((from, at) => to.enqueue(bytes.slice(from, pieces[at + 1])))
      to.close()
    },
  })
  expect(await hashOfStream(stream)).toBe(expected)
})

test('a small file is hashed whole; one that cannot be read has none', async () => {
  expect(await hashOfFile({ size: bytes.length, arrayBuffer: () => Promise.resolve(bytes.buffer) } as Blob)).toBe(expected)
  expect(await hashOfFile({ size: 3, arrayBuffer: () => Promise.reject(new Error('gone')) } as Blob)).toBeNull()
})
