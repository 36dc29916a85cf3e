/** Writes packed files as the studio does, for tests. */

export function packedFile(facts: object, arrays: Record<string, { dtype: string; shape: number[]; data: ArrayBufferView }>): ArrayBuffer {
  let offset = 0
  const places: Record<string, object> = {}
  for (const [name, { dtype, shape, data }] of Object.entries(arrays)) {
    places[name] = { dtype, shape, offset }
    offset += Math.ceil(data.byteLength / 8) * 8
  }
  let header = JSON.stringify({ ...facts, arrays: places })
  while ((12 + new TextEncoder().encode(header).length) % 8) header += ' '
  const text = new TextEncoder().encode(header)
  const file = new Uint8Array(12 + text.length + offset)
  file.set(new TextEncoder().encode('PHOSARR1'))
  new DataView(file.buffer).setUint32(8, text.length, true)
  file.set(text, 12)
  let at = 12 + text.length
  for (const { data } of Object.values(arrays)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += Math.ceil(data.byteLength / 8) * 8
  }
  return file.buffer
}
