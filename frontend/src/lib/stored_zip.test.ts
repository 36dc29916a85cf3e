import { expect, test } from 'vitest'
import { crc32, directory, storedZip, type Entry } from './stored_zip'

const text = new TextEncoder()
const nobody = new AbortController().signal

/** An archive's files as a reader of APPNOTE finds them: from the end to the directory, from there to each file. */
async function unpacked(zip: Blob): Promise<Map<string, string>> {
  const bytes = new Uint8Array(await zip.arrayBuffer())
  const view = new DataView(bytes.buffer)
  const end = bytes.length - 22
  expect(view.getUint32(end, true)).toBe(0x06054b50)
  const files = new Map<string, string>()
  let place = view.getUint32(end + 16, true)
  for (let number = 0; number < view.getUint16(end + 10, true); number++) {
    expect(view.getUint32(place, true)).toBe(0x02014b50)
    const [size, nameBytes, extraBytes, start] = [view.getUint32(place + 24, true), view.getUint16(place + 28, true), view.getUint16(place + 30, true), view.getUint32(place + 42, true)]
    const name = new TextDecoder().decode(bytes.subarray(place + 46, place + 46 + nameBytes))
    expect(view.getUint32(start, true)).toBe(0x04034b50)
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true)
    const content = bytes.subarray(from, from + size)
    expect(view.getUint32(place + 16, true)).toBe(crc32(content))
    files.set(name, new TextDecoder().decode(content))
    place += 46 + nameBytes + extraBytes
  }
  return files
}

test('the checksum is CRC-32, by its published check value', () => {
  expect(crc32(text.encode('123456789'))).toBe(0xcbf43926)
})

test('what is packed comes out as it went in, names of any letters too', async () => {
  const given = new Map(Array.from({ length: 40 }, (_, at) => [`0000${at % 3}/Ähre ${at}.png`, `picture ${'x'.repeat(at)}`]))
  const files = [...given].map(([path, content]) => ({ path, file: new File([content], path, { lastModified: 1000 }) }))
  const told: number[] = []
  const zip = await storedZip('faces.zip', files, (done) => told.push(done), nobody)
  expect(await unpacked(zip)).toEqual(given)
  expect(told).toEqual([16, 32, 40])
  expect([zip.name, zip.lastModified]).toEqual(['faces.zip', 1000])
})

test('the same folder is the same archive, so that its upload goes on', async () => {
  const make = async () => new Uint8Array(await (await storedZip('a.zip', [{ path: 'a.png', file: new File(['abc'], 'a.png') }], () => undefined, nobody)).arrayBuffer())
  expect(await make()).toEqual(await make())
})

test('it can be stopped', async () => {
  const stop = new AbortController()
  const files = Array.from({ length: 40 }, (_, at) => ({ path: `${at}.png`, file: new File(['x'], 'x') }))
  await expect(storedZip('a.zip', files, () => stop.abort(), stop.signal)).rejects.toThrow()
})

test('more than 65,534 files, and places beyond 4 GiB, are told in 64 bits', async () => {
  const far = 5 * 2 ** 30
  const entries = Array.from({ length: 70_000 }, (_, at): Entry => ({ name: text.encode('a.png'), crc: at, size: 10, start: at === 69_999 ? far : at * 45 }))
  const bytes = new Uint8Array(await directory(entries, far + 45).arrayBuffer())
  const view = new DataView(bytes.buffer)
  const end = bytes.length - 22
  expect([view.getUint16(end + 10, true), view.getUint32(end + 16, true)]).toEqual([0xffff, 0xffffffff])
  expect(view.getUint32(end - 20, true)).toBe(0x07064b50)
  const wide = Number(view.getBigUint64(end - 12, true)) - (far + 45)
  expect(view.getUint32(wide, true)).toBe(0x06064b50)
  expect([view.getBigUint64(wide + 32, true), view.getBigUint64(wide + 40, true), view.getBigUint64(wide + 48, true)]).toEqual([70_000n, BigInt(wide), BigInt(far + 45)])
  // The last line of the directory: its place is in the field behind its name.
  const line = wide - (46 + 5 + 12)
  expect([view.getUint32(line + 42, true), view.getUint16(line + 30, true), view.getBigUint64(line + 46 + 5 + 4, true)]).toEqual([0xffffffff, 12, BigInt(far)])
})
