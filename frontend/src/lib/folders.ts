/** Folders: the files of a drop, those inside of dropped folders too. */

/** Files in a folder that are never meant: ".DS_Store", "._shot.jpg", "Thumbs.db". */
export function isMeant(name: string): boolean {
  return !name.startsWith('.') && name.toLowerCase() !== 'thumbs.db'
}

/** A folder that was chosen or dropped, with all that is in it; paths are inside it, "00000/img00000007.png". */
export interface Folder {
  name: string
  files: { path: string; file: File }[]
}

export interface Dropped {
  /** Dropped one by one: what cannot be taken is refused aloud. */
  files: File[]
  /** What cannot be taken out of these is passed over. */
  folders: Folder[]
}

/** What the browser's chooser for a whole folder gives back. */
export function chosenFolder(files: readonly File[]): Folder {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? ''
  const inside = files.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1) || file.name, file }))
  return { name, files: inside.filter(({ path }) => path.split('/').every(isMeant)) }
}

/** Must be called within the drop: the list of what was dropped is empty afterwards. */
export async function filesOf(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? (item.webkitGetAsEntry?.() ?? null) : null))
  const files = [...transfer.files]
  const folders = entries.filter((entry): entry is FileSystemDirectoryEntry => entry !== null && entry.isDirectory)
  if (folders.length === 0) return { files, folders: [] }
  const names = new Set(folders.map((one) => one.name))
  const found = await Promise.all(folders.map(async (one) => ({ name: one.name, files: await filesIn(one, '') })))
  return { files: files.filter((one) => !(names.has(one.name) && one.type === '')), folders: found }
}

async function filesIn(folder: FileSystemDirectoryEntry, path: string): Promise<Folder['files']> {
  const reader = folder.createReader()
  const found: Folder['files'] = []
  // A reader answers with about a hundred entries at a time, and with none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const entry of some) {
      if (!isMeant(entry.name)) continue
      if (entry.isDirectory) for (const one of await filesIn(entry as FileSystemDirectoryEntry, `${path}${entry.name}/`)) found.push(one)
      else found.push({ path: `${path}${entry.name}`, file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) })
    }
  }
}
