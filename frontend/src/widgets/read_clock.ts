/** A place in a track as people type it; the other way round is `clock` in lib/format. */

/** "1:01.98", "61.98" or "1:02:03" → seconds; null when it is none of these. */
export function readClock(text: string): number | null {
  const parts = text.trim().replace(',', '.').split(':')
  if (parts.length > 3 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return null
  if (!parts.slice(0, -1).every((part) => /^\d+$/.test(part))) return null
  return parts.reduce((all, part) => all * 60 + Number(part), 0)
}
