// Limits how often changes are reported: the first at once, the next ones every few seconds.

/**
 * The minimum interval between reports, in milliseconds of real time. All functions share the update budget of Slack.
 */
const INTERVAL_MS = 3_000

export type Throttle = {
  readonly changed: () => void
  /** Resolves after the last report. */
  readonly end: () => Promise<void>
}

/** Creates a throttle. `report` must not reject. */
export const createThrottle = (report: () => Promise<void>): Throttle => {
  let reporting: Promise<void> = Promise.resolve()
  let pause: NodeJS.Timeout | undefined
  let isPending = false
  const changed = (): void => {
    isPending = true
    if (pause !== undefined) return
    isPending = false
    reporting = reporting.then(report)
    pause = setTimeout(() => {
      pause = undefined
      if (isPending) changed()
    }, INTERVAL_MS)
  }
  return {
    changed,
    end: () => {
      clearTimeout(pause)
      return reporting
    },
  }
}
