/** Folders: the files of a drop, those inside of dropped folders too. */

/** Files in a folder that are never meant: ".DS_Store", "._shot.jpg", "Thumbs.db". */
export function isMeant(name: string): boolean {
  return !name.startsWith('.') && name.toLowerCase() !== 'thumbs.db'
}

export interface Dropped {
  /** Dropped one by one: what cannot be taken is refused aloud. */
  files: File[]
  /** Out of folders: what cannot be taken is passed over. */
  inside: File[]
}

/** Must be called within the drop: the list of what was dropped is empty afterwards. */
export async function filesOf(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? (item.webkitGetAsEntry?.() ?? null) : null))
  const files = [...transfer.files]
  const folders = entries.filter((entry): entry is FileSystemDirectoryEntry => entry !== null && entry.isDirectory)
  if (folders.length === 0) return { files, inside: [] }
  const names = new Set(folders.map((one) => one.name))
  const found = await Promise.all(folders.map((one) => filesIn(one)))
  return { files: files.filter((one) => !(names.has(one.name) && one.type === '')), inside: found.flat() }
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader()
  const found: File[] = []
  // A reader answers with about a hundred entries at a time, and with none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const entry of some) {
      if (!isMeant(entry.name)) continue
      if (entry.isDirectory) found.push(...(await filesIn(entry as FileSystemDirectoryEntry)))
      else found.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)))
    }
  }
}
