// A clock that moves when it is told to. Between two moments everything that waits for a promise goes on.
import type { Clock } from '../../../src/kit/session/ports.ts'

export type TestClock = Clock & {
  readonly advance: (ms: number) => Promise<void>
  /** Until it is true; throws where nothing is due any more, or after `mostMs`. */
  readonly until: (isTrue: () => boolean, mostMs?: number) => Promise<void>
  /** Timers that are waiting. */
  readonly pending: () => number
}

/** A cipher takes the machine's time, in a thread of its own: after so much of it, in milliseconds, it is given up. */
const PATIENCE = 20_000

const rest = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

export const createClock = (start = 1_700_000_000_000): TestClock => {
  let now = start
  const timers: { readonly at: number; readonly then: () => void }[] = []
  const after = (ms: number, then: () => void): (() => void) => {
    const timer = { at: now + Math.max(0, ms), then }
    timers.splice(timers.findLastIndex(other => other.at <= timer.at) + 1, 0, timer)
    return () => {
      const at = timers.indexOf(timer)
      if (at >= 0) timers.splice(at, 1)
    }
  }
  /** False where nothing is due until then. Timers of one moment run one after another, without a rest in between. */
  const step = async (until: number): Promise<boolean> => {
    const due = timers[0]?.at
    if (due === undefined || due > until) return false
    now = due
    for (let timer = timers[0]; timer !== undefined && timer.at <= now; timer = timers[0]) {
      timers.shift()
      timer.then()
    }
    await rest()
    return true
  }
  const advance = async (ms: number): Promise<void> => {
    const until = now + ms
    await rest()
    while (await step(until));
    now = until
  }
  const until = async (isTrue: () => boolean, mostMs = 3_600_000): Promise<void> => {
    const last = now + mostMs
    let since = performance.now()
    while (!isTrue()) {
      if (await step(last)) since = performance.now()
      else if (performance.now() - since < PATIENCE) await rest()
      else throw new Error('Nothing is due, and it is not true.')
    }
  }
  return { now: () => now, after, advance, until, pending: () => timers.length }
}
