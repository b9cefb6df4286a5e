// Tells what changes: at once, and then no sooner than some seconds later whatever is newest by then.

/** Real milliseconds: the updates of a minute are shared. */
const EVERY_MS = 3_000

export type Teller = {
  readonly changed: () => void
  /** Nothing is told any more once this is done. */
  readonly end: () => Promise<void>
}

/** `tell` does not reject. */
export const createTeller = (tell: () => Promise<void>): Teller => {
  let telling: Promise<void> = Promise.resolve()
  let resting: NodeJS.Timeout | undefined
  let isNew = false
  const changed = (): void => {
    isNew = true
    if (resting !== undefined) return
    isNew = false
    telling = telling.then(tell)
    resting = setTimeout(() => {
      resting = undefined
      if (isNew) changed()
    }, EVERY_MS)
  }
  return {
    changed,
    end: () => {
      clearTimeout(resting)
      return telling
    },
  }
}
