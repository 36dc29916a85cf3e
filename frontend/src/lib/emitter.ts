/** Emitter: typed events, by which widgets tell their page what happened. */

export interface Emitter<Events extends object> {
  on<K extends keyof Events>(type: K, handler: (value: Events[K]) => void): () => void
  emit<K extends keyof Events>(type: K, value: Events[K]): void
}

export function createEmitter<Events extends object>(): Emitter<Events> {
  const handlers = new Map<keyof Events, Set<(value: never) => void>>()
  return {
    on(type, handler) {
      const here = handlers.get(type) ?? new Set()
      handlers.set(type, here)
      here.add(handler)
      return () => here.delete(handler)
    },
    emit(type, value) {
      for (const handler of [...(handlers.get(type) ?? [])]) handler(value as never)
    },
  }
}
