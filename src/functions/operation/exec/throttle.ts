// Reports changes at once, then at most every few seconds.

/** Real time: the update budget is shared. */
const EVERY_MS = 3_000

export type Teller = {
  readonly changed: () => void
  /** Resolves after the last report. */
  readonly end: () => Promise<void>
}

/** `tell` must not reject. */
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
