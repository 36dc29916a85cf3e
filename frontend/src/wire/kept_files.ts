/** Kept files: what is being sent stays in the browser's own store, so that a reload goes on without asking for the file. */

export interface KeptFile {
  fingerprint: string
  file: File
  project: string
  kind: string
  extra: Record<string, string>
}

/** Beyond this, copying would cost more than choosing the file again. */
const LARGEST = 1_000_000_000
const [DATABASE, STORE] = ['phosphene-uploads', 'files']

function open(): Promise<IDBDatabase | null> {
  if (typeof indexedDB === 'undefined') return Promise.resolve(null)
  return new Promise((resolve) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'fingerprint' })
    request.onsuccess = () => resolve(request.result)
    // Private windows may forbid it: then the file has to be chosen again after a reload.
    request.onerror = () => resolve(null)
  })
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  const database = await open()
  if (database === null) return null
  return new Promise((resolve) => {
    const transaction = database.transaction(STORE, mode)
    const request = act(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = () => resolve(null)
    transaction.onabort = () => resolve(null)
  }).finally(() => database.close()) as Promise<T | null>
}

export async function keepFile(kept: KeptFile): Promise<void> {
  if (kept.file.size <= LARGEST) await inStore('readwrite', (store) => store.put(kept))
}

export async function forgetFile(fingerprint: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(fingerprint))
}

export async function keptFiles(project: string): Promise<KeptFile[]> {
  const all = (await inStore('readonly', (store) => store.getAll() as IDBRequest<KeptFile[]>)) ?? []
  return all.filter((one) => one.project === project)
}
