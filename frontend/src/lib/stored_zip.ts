/**
 * A zip of files as they are, uncompressed. The files are not copied: the archive is a Blob that refers to them, with
 * headers between, so a folder of any size takes no memory. Each is read once here, for its checksum.
 *
 * PKWARE's APPNOTE 6.3: local headers, directory, ZIP64 where counts or places need it. Dates are left at 1980, so that
 * the same folder is the same archive, and an upload of it goes on where it stopped.
 */

export interface Placed {
  /** "00000/img00000007.png" */
  path: string
  file: File
}

/** A file in the archive: where its header begins and what stands in it. */
export interface Entry {
  name: Uint8Array
  crc: number
  size: number
  start: number
}

const READ_AT_ONCE = 16
const FULL16 = 0xffff
const FULL32 = 0xffffffff
const VERSION = 20
const VERSION64 = 45
const UTF8_NAMES = 0x800
const NEW_YEAR_1980 = 0x21

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

/** CRC-32 as zip, gzip and PNG use it. */
export function crc32(bytes: Uint8Array): number {
  let rest = FULL32
  for (let at = 0; at < bytes.length; at++) rest = remainders[(rest ^ bytes[at]!) & 0xff]! ^ (rest >>> 8)
  return (rest ^ FULL32) >>> 0
}

/**
 * The archive as a file. `tell` is called with the number of files that were read. Fails with what the browser says
 * where a file cannot be read, or with the signal's reason.
 */
export async function storedZip(name: string, files: readonly Placed[], tell: (done: number) => void, signal: AbortSignal): Promise<File> {
  const parts: BlobPart[] = []
  const entries: Entry[] = []
  let place = 0
  for (let from = 0; from < files.length; from += READ_AT_ONCE) {
    signal.throwIfAborted()
    const some = files.slice(from, from + READ_AT_ONCE)
    const sums = await Promise.all(some.map(async ({ file }) => crc32(new Uint8Array(await file.arrayBuffer()))))
    const pieces = some.flatMap(({ path, file }, at): BlobPart[] => {
      const entry = { name: new TextEncoder().encode(path), crc: sums[at]!, size: file.size, start: place }
      entries.push(entry)
      const header = localHeader(entry)
      place += header.length + file.size
      return [header, file]
    })
    // Blobs of blobs: a list of a million parts is slow to hand over at once.
    parts.push(new Blob(pieces))
    tell(from + some.length)
  }
  const lastModified = files.reduce((latest, { file }) => Math.max(latest, file.lastModified), 0)
  return new File([...parts, directory(entries, place)], name, { type: 'application/zip', lastModified })
}

type Field = readonly [bytes: 2 | 4 | 8, value: number]

function packed(fields: readonly Field[], ...texts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = fields.reduce((sum, [bytes]) => sum + bytes, 0)
  const out = new Uint8Array(length + texts.reduce((sum, text) => sum + text.length, 0))
  const view = new DataView(out.buffer)
  let place = 0
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(place, value, true)
    else if (bytes === 4) view.setUint32(place, value, true)
    else view.setBigUint64(place, BigInt(value), true)
    place += bytes
  }
  for (const text of texts) {
    out.set(text, place)
    place += text.length
  }
  return out
}

/** What the local header and the directory say alike: version, flags, method, time, date, checksum, sizes, lengths. */
function described({ name, crc, size }: Entry, version: number, extraBytes: number): Field[] {
  return [[2, version], [2, UTF8_NAMES], [2, 0], [2, 0], [2, NEW_YEAR_1980], [4, crc], [4, size], [4, size], [2, name.length], [2, extraBytes]]
}

function localHeader(entry: Entry): Uint8Array<ArrayBuffer> {
  if (entry.size >= FULL32) throw new Error('A single file of 4 GB or more cannot be packed. Leave it out.')
  return packed([[4, 0x04034b50], ...described(entry, VERSION, 0)], entry.name)
}

/** The end of the archive: a line for every file, and where these lines begin. `place`: bytes before it. */
export function directory(entries: readonly Entry[], place: number): Blob {
  const lines = entries.map((entry) => directoryLine(entry))
  const bytes = lines.reduce((sum, line) => sum + line.length, 0)
  const end = place + bytes
  const isWide = entries.length >= FULL16 || place >= FULL32 || bytes >= FULL32
  const count = Math.min(entries.length, FULL16)
  const wide = packed([
    [4, 0x06064b50], [8, 44], [2, VERSION64], [2, VERSION64], [4, 0], [4, 0], [8, entries.length], [8, entries.length], [8, bytes], [8, place],
    [4, 0x07064b50], [4, 0], [8, end], [4, 1],
  ])
  const last = packed([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, Math.min(bytes, FULL32)], [4, Math.min(place, FULL32)], [2, 0]])
  return new Blob([...lines, ...(isWide ? [wide] : []), last])
}

function directoryLine(entry: Entry): Uint8Array<ArrayBuffer> {
  const isFar = entry.start >= FULL32
  const extra = isFar ? packed([[2, 1], [2, 8], [8, entry.start]]) : new Uint8Array()
  const version = isFar ? VERSION64 : VERSION
  const fields: Field[] = [[4, 0x02014b50], [2, version], ...described(entry, version, extra.length), [2, 0], [2, 0], [2, 0], [4, 0], [4, Math.min(entry.start, FULL32)]]
  return packed(fields, entry.name, extra)
}
