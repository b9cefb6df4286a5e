// What ends a command from outside: somebody's Stop, a halt, or its time.
import { complain } from '../complain.ts'
import type { Actor } from '../model.ts'
import type { Ports } from '../ports.ts'
import { execStopKey, HALT_KEY } from '../records.ts'

const EVERY_MS = 1_000
/** A parameter is asked less often than the store. */
const HALT_EVERY = 5

export type Stopping = {
  readonly signal: AbortSignal
  /** In words, once something has ended it. */
  readonly why: () => string | undefined
  readonly end: () => void
}

/** `haltedThere`: what the halt switch of the service's own account says. `mostMs`: its time. */
export const watchForStop = (
  operation: string,
  ports: Pick<Ports, 'store' | 'halted'>,
  haltedThere: () => Promise<string | undefined>,
  mostMs: number,
): Stopping => {
  const stopping = new AbortController()
  let why: string | undefined
  const stop = (because: string): void => {
    if (why !== undefined) return
    why = because
    stopping.abort()
  }
  let looks = 0
  const look = async (): Promise<void> => {
    looks += 1
    const asked = (await ports.store.get<{ readonly by: Actor }>(execStopKey(operation)))?.value
    if (asked !== undefined) return stop(`Stopped by ${asked.by.name}.`)
    if (looks % HALT_EVERY !== 0) return
    const halts = await Promise.all([ports.store.get(HALT_KEY), ports.halted(), haltedThere()])
    if (halts.some(halt => halt !== undefined)) stop('Stopped: all changes are halted.')
  }
  const timer = setInterval(() => void look().catch(error => complain('stop', operation, error)), EVERY_MS)
  const deadline = setTimeout(() => stop(`Stopped after ${Math.round(mostMs / 60_000)} min, its time.`), mostMs)
  return {
    signal: stopping.signal,
    why: () => why,
    end: () => {
      clearInterval(timer)
      clearTimeout(deadline)
    },
  }
}
