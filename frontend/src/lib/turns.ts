/** Deeds that go one after the other. Where one fails, what was asked for before that was known is let go. */

export type InTurn = (deed: () => Promise<boolean>) => Promise<boolean>

/** Each call waits for those before it; false where it was let go. */
export function createTurns(): InTurn {
  let turn: Promise<unknown> = Promise.resolve()
  let faults = 0
  return (deed) => {
    const before = faults
    const asked = turn.then(async () => {
      if (faults !== before) return false
      try {
        return await deed()
      } catch (fault) {
        faults += 1
        throw fault
      }
    })
    turn = asked.catch(() => undefined)
    return asked
  }
}
