// Stops a command: on a click of Stop, on a halt, or at its deadline.

import type { Ports } from '../../../commands/ports.ts'
import { execStopKey } from '../../../engine/change/records.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { HALT_KEY } from '../../../engine/rules/rule-inputs.ts'
import type { Actor } from '../../../model/ecs.ts'
import { step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'

const EVERY_MS = 1_000
/** Reads parameters on every fifth poll only. */
const HALT_EVERY = 5

export type Stopping = {
  readonly signal: AbortSignal
  /** Why it was stopped; undefined while it runs. */
  readonly why: () => string | undefined
  readonly end: () => void
}

type Looking = Pick<Ports, 'store' | 'halted'>
/** Reads the halt switch in the service's own account. */
type HaltedThere = () => Promise<string | undefined>

const stopAsked = async (operation: string, { store }: Looking): Promise<string | undefined> => {
  const asked = (await store.get<{ readonly by: Actor }>(execStopKey(operation)))?.value
  return asked && `Stopped by ${asked.by.name}.`
}

const haltSaid = async ({ store, halted }: Looking, haltedThere: HaltedThere): Promise<string | undefined> => {
  const halts = await Promise.all([store.get(HALT_KEY), halted(), haltedThere()])
  return halts.some(halt => halt !== undefined) ? 'Stopped: all changes are halted.' : undefined
}

/** Why no further command may begin. */
const whyStopped = async (operation: string, ports: Looking, haltedThere: HaltedThere): Promise<string | undefined> =>
  (await stopAsked(operation, ports)) ?? (await haltSaid(ports, haltedThere))

/**
 * Checks for Stop and halts in a step of its own. Returns a reason when the check fails, so that nothing more begins.
 */
export const lookForStop = async (
  name: string,
  { ctx, ports, job, face }: Pick<Story, 'ctx' | 'ports' | 'job' | 'face'>,
): Promise<string | undefined> => {
  const said = await step(ctx, `${name}: look`, async () => {
    const read = ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)
    return (await whyStopped(job.id, ports, () => read.halted(face.plan.target))) ?? null
  }).catch(error => `Stop and halts could not be checked: ${errorText(error)}.`)
  return said ?? undefined
}

/** `mostMs`: the deadline, in milliseconds from now. */
export const watchForStop = (operation: string, ports: Looking, haltedThere: HaltedThere, mostMs: number): Stopping => {
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
    const said =
      (await stopAsked(operation, ports)) ?? (looks % HALT_EVERY === 0 ? await haltSaid(ports, haltedThere) : undefined)
    if (said !== undefined) stop(said)
  }
  const timer = setInterval(() => void look().catch(error => logError('stop', operation, error)), EVERY_MS)
  const deadline = setTimeout(() => stop(`Stopped after ${Math.round(mostMs / 60_000)} min, its time limit.`), mostMs)
  return {
    signal: stopping.signal,
    why: () => why,
    end: () => {
      clearInterval(timer)
      clearTimeout(deadline)
    },
  }
}
