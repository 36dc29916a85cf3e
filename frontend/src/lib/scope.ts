/** Scope: whoever opens listeners, timers or sockets adds their closing here, and closing the scope closes them all. */

export type Dispose = () => void

export interface Scope {
  /** Runs when the scope closes, last added first; at once when it is closed already. */
  add(dispose: Dispose): void
  listen<K extends keyof HTMLElementEventMap>(
    target: EventTarget,
    type: K,
    handler: (event: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void
  listen<K extends keyof WindowEventMap>(
    target: Window,
    type: K,
    handler: (event: WindowEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void
  listen(target: EventTarget, type: string, handler: (event: Event) => void, options?: AddEventListenerOptions): void
  after(milliseconds: number, run: () => void): Dispose
  every(milliseconds: number, run: () => void): Dispose
  /** Once per painted picture, with the time of `performance.now()`, until the scope closes or the answer is called. */
  eachFrame(run: (now: number) => void): Dispose
  /** A scope that ends with this one, or earlier. */
  child(): Scope
  close(): void
  readonly isClosed: boolean
}

export function createScope(): Scope {
  const open = new Set<Dispose>()
  let isClosed = false

  const add = (dispose: Dispose): void => {
    if (isClosed) dispose()
    else open.add(dispose)
  }
  /** Adds a closing that may also be called early, once. */
  const addEarly = (dispose: Dispose): Dispose => {
    add(dispose)
    return () => {
      if (open.delete(dispose)) dispose()
    }
  }

  return {
    add,
    listen(target: EventTarget, type: string, handler: (event: never) => void, options?: AddEventListenerOptions) {
      const listener = handler as EventListener
      target.addEventListener(type, listener, options)
      add(() => target.removeEventListener(type, listener, options))
    },
    after(milliseconds, run) {
      const timer = setTimeout(() => {
        stop()
        run()
      }, milliseconds)
      const stop = addEarly(() => clearTimeout(timer))
      return stop
    },
    every(milliseconds, run) {
      const timer = setInterval(run, milliseconds)
      return addEarly(() => clearInterval(timer))
    },
    eachFrame(run) {
      let request = 0
      const step = (now: number): void => {
        request = requestAnimationFrame(step)
        run(now)
      }
      request = requestAnimationFrame(step)
      return addEarly(() => cancelAnimationFrame(request))
    },
    child() {
      const inner = createScope()
      const dispose = addEarly(() => inner.close())
      inner.add(dispose)
      return inner
    },
    close() {
      if (isClosed) return
      isClosed = true
      for (const dispose of [...open].reverse()) dispose()
      open.clear()
    },
    get isClosed() {
      return isClosed
    },
  }
}
