import { expect, test } from 'vitest'
import { readFrame } from './frame'

/** As gpu_service.protocol.pack_frame writes it. */
function packed({ magic = 'PHF1', version = 1, flags = 0 } = {}): ArrayBuffer {
  const message = new ArrayBuffer(48 + 3)
  const header = new DataView(message)
  new TextEncoder().encodeInto(magic, new Uint8Array(message))
  header.setUint8(4, version)
  header.setUint8(5, 1)
  header.setUint16(6, flags)
  new Uint8Array(message, 8, 16).set([0xf4, 0x7a, 0xc1, 0x0b, 0x58, 0xcc, 0x43, 0x72, 0xa5, 0x67, 0x0e, 0x02, 0xb2, 0xc3, 0xd4, 0x79])
  header.setUint32(24, 7)
  header.setUint32(28, 1859)
  header.setBigUint64(32, 61_980_000n)
  header.setUint16(40, 512)
  header.setUint16(42, 288)
  header.setUint32(44, 21_500)
  new Uint8Array(message, 48).set([0xff, 0xd8, 0xff])
  return message
}

test('the header is read as the service wrote it', () => {
  const frame = readFrame(packed({ flags: 1 }))
  expect(frame).toMatchObject({
    previewId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', revision: 7, frame: 1859, seconds: 61.98, width: 512, height: 288, drawMs: 21.5, isStill: true, isFine: false,
  })
  expect(frame?.picture.size).toBe(3)
  expect(readFrame(packed({ flags: 3 }))).toMatchObject({ isStill: true, isFine: true })
})

test('what is no frame of ours is left alone', () => {
  expect(readFrame(packed({ magic: 'JFIF' }))).toBeNull()
  expect(readFrame(packed({ version: 2 }))).toBeNull()
  expect(readFrame(new ArrayBuffer(48))).toBeNull()
})
