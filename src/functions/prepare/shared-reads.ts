// Within one plan, the same read is made once: a plan is made from one state of a service.
import type { Readers } from '../../commands/readers.ts'

/** What finding, planning and the service's state read of the same service. */
const SHARED = ['service', 'serviceDetail', 'targetHealth', 'autoscaling', 'scalableTarget', 'alarms'] as const

/** Readers that answer a repeated read from the first one. A read that failed is made again. */
export const sharedReads = (read: Readers): Readers => {
  const made = new Map<string, Promise<unknown>>()
  const share =
    (name: (typeof SHARED)[number]) =>
    (...args: readonly unknown[]): Promise<unknown> => {
      const key = JSON.stringify([name, ...args])
      const known = made.get(key)
      if (known !== undefined) return known
      const answer = (read[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
      made.set(key, answer)
      answer.catch(() => made.delete(key))
      return answer
    }
  return { ...read, ...Object.fromEntries(SHARED.map(name => [name, share(name)])) }
}
