/** A picture of a preview as it comes over the socket: 48 bytes of header, big endian, then the JPEG. */

const HEADER_BYTES = 48
const MAGIC = 0x50484631 // "PHF1"
const STILL = 1
const FINE = 2

export interface FrameHeader {
  previewId: string
  revision: number
  frame: number
  /** The second of the track that the picture belongs to. */
  seconds: number
  width: number
  height: number
  drawMs: number
  /** Drawn for a paused preview: shown whatever the clock says. */
  isStill: boolean
  /** The same still once more, as it was drawn but for what JPEG takes away at its finest. */
  isFine: boolean
}

export interface ReceivedFrame extends FrameHeader {
  picture: Blob
}

/** Null when this is no frame that this version knows. */
export function readFrame(message: ArrayBuffer): ReceivedFrame | null {
  if (message.byteLength <= HEADER_BYTES) return null
  const header = new DataView(message)
  if (header.getUint32(0) !== MAGIC || header.getUint8(4) !== 1 || header.getUint8(5) !== 1) return null
  return {
    isStill: (header.getUint16(6) & STILL) !== 0,
    isFine: (header.getUint16(6) & FINE) !== 0,
    previewId: uuidAt(new Uint8Array(message, 8, 16)),
    revision: header.getUint32(24),
    frame: header.getUint32(28),
    seconds: Number(header.getBigUint64(32)) / 1e6,
    width: header.getUint16(40),
    height: header.getUint16(42),
    drawMs: header.getUint32(44) / 1000,
    picture: new Blob([new Uint8Array(message, HEADER_BYTES)], { type: 'image/jpeg' }),
  }
}

function uuidAt(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
