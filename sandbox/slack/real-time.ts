// Real time, for what Slack measures on its own watch: the 3 seconds of an acknowledgement and of a trigger id.
import type { Timer } from '../world/clock.ts'

/** A world `Clock` fits as well: tests move it by hand. */
export type RealTime = { now(): number; after(ms: number, run: () => void): Timer }

export const realTime: RealTime = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** A watch that goes slow, for stories that are the same on a busy machine. */
export const slowTime: RealTime = {
  now: () => realTime.now() / 20,
  after: (ms, run) => realTime.after(ms * 20, run),
}
