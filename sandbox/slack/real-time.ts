// Real time, for Slack's 3-second limits on acknowledgements and trigger ids.
import type { Timer } from '../world/clock.ts'

/** A clock of real time. A `Clock` of world time also has this type, so that a test can use a clock that it moves. */
export type RealTime = { now(): number; after(ms: number, run: () => void): Timer }

export const realTime: RealTime = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** A clock that runs slowly, so that tests do not depend on the load of the machine. */
export const slowTime: RealTime = {
  now: () => realTime.now() / 20,
  after: (ms, run) => realTime.after(ms * 20, run),
}
