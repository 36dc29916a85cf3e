/** Packed arrays: "PHOSARR1", the length of the header, the header as JSON, then the arrays. The studio writes them little endian. */

const MAGIC = 'PHOSARR1'
const PREFIX_BYTES = 12

export type NumberArray = Uint8Array | Int16Array | Uint16Array | Float32Array

export interface Place {
  dtype: 'uint8' | 'int16' | 'uint16' | 'float32'
  shape: number[]
  /** Bytes from the end of the header. */
  offset: number
}

export interface PackedHeader<Facts> {
  facts: Facts
  places: Record<string, Place>
  /** Where in the file the arrays begin. */
  bodyStart: number
}

const KINDS = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array }

/** How many bytes the header takes, told from the first twelve. */
export function headerBytes(start: ArrayBuffer): number {
  if (start.byteLength < PREFIX_BYTES || new TextDecoder().decode(start.slice(0, 8)) !== MAGIC)
    throw new Error('This is not a file of packed arrays.')
  return PREFIX_BYTES + new DataView(start).getUint32(8, true)
}

/** Read the header; `start` must hold all of it. */
export function readHeader<Facts>(start: ArrayBuffer): PackedHeader<Facts> {
  const bodyStart = headerBytes(start)
  const text = new TextDecoder().decode(new Uint8Array(start, PREFIX_BYTES, bodyStart - PREFIX_BYTES))
  const { arrays, ...facts } = JSON.parse(text) as { arrays: Record<string, Place> }
  return { facts: facts as Facts, places: arrays, bodyStart }
}

/** All numbers of an array, whatever its shape. `buffer` is the whole file. */
export function readArray(buffer: ArrayBuffer, header: PackedHeader<unknown>, name: string): NumberArray | null {
  const place = header.places[name]
  if (!place) return null
  const count = place.shape.reduce((all, side) => all * side, 1)
  return view(buffer, header.bodyStart + place.offset, place.dtype, count)
}

/** Numbers at a place of a buffer. Copies where the place is not aligned. */
export function view(buffer: ArrayBuffer, offset: number, dtype: Place['dtype'], count: number): NumberArray {
  const Kind = KINDS[dtype]
  if (offset % Kind.BYTES_PER_ELEMENT === 0) return new Kind(buffer, offset, count)
  return new Kind(buffer.slice(offset, offset + count * Kind.BYTES_PER_ELEMENT))
}
