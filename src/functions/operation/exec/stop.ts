// Stops a command after a click on Stop, after a halt, or at its deadline.

import type { Ports } from '../../../commands/ports.ts'
import { execStopKey } from '../../../engine/change/records.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { HALT_KEY } from '../../../engine/rules/rule-inputs.ts'
import type { Actor } from '../../../model/ecs.ts'
import { step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'

const POLL_MS = 1_000
/** The number of polls per read of the halt parameters. */
const POLLS_PER_HALT_READ = 5

/** Why a command was stopped. `isByPerson`: somebody clicked Stop. */
export type StopReason = { readonly text: string; readonly isByPerson: boolean }

export type Stopping = {
  readonly signal: AbortSignal
  /** The reason why the command was stopped; undefined while it runs. */
  readonly why: () => StopReason | undefined
  readonly end: () => void
}

type StopPorts = Pick<Ports, 'store' | 'halted'>
/** Reads why the halt switch in the service's own account blocks commands, if it does. */
type AccountHalt = () => Promise<string | undefined>

export const stopRequest = async (
  operation: string,
  { store }: Pick<StopPorts, 'store'>,
): Promise<string | undefined> => {
  const request = (await store.get<{ readonly by: Actor }>(execStopKey(operation)))?.value
  return request && `Stopped by ${request.by.name}.`
}

/** Whether the reason is that somebody clicked Stop. */
export const isByPerson = (reason: string): boolean => reason.startsWith('Stopped by ')

const haltReason = async ({ store, halted }: StopPorts, haltedThere: AccountHalt): Promise<string | undefined> => {
  const halts = await Promise.all([store.get(HALT_KEY), halted(), haltedThere()])
  return halts.some(halt => halt !== undefined) ? 'Stopped: all changes are halted.' : undefined
}

/** The reason why no further command may begin, and a running task is stopped. */
export const stopReason = async (
  operation: string,
  ports: StopPorts,
  haltedThere: AccountHalt,
): Promise<string | undefined> => (await stopRequest(operation, ports)) ?? (await haltReason(ports, haltedThere))

/**
 * Checks for Stop and halts in a durable step of its own. If the check fails, returns that as the reason, so that no
 * further command begins.
 */
export const checkForStop = async (
  name: string,
  story: Pick<Story, 'ctx' | 'ports' | 'job' | 'face'>,
): Promise<string | undefined> => {
  const reason = await step(story.ctx, `${name}: look`, async () => (await readStop(story)) ?? null).catch(
    uncheckedText,
  )
  return reason ?? undefined
}

export const uncheckedText = (error: unknown): string => `Stop and halts could not be checked: ${errorText(error)}.`

/** The reason of a Stop or a halt now. */
export const readStop = async ({
  ports,
  job,
  face,
}: Pick<Story, 'ports' | 'job' | 'face'>): Promise<string | undefined> => {
  const read = ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)
  return stopReason(job.id, ports, () => read.halted(face.plan.target))
}

/** Watches for Stop and halts while a command runs. `limitMs`: milliseconds until the deadline. */
export const watchForStop = (
  operation: string,
  ports: StopPorts,
  haltedThere: AccountHalt,
  limitMs: number,
): Stopping => {
  const stopping = new AbortController()
  let why: StopReason | undefined
  const stop = (text: string, isByPerson = false): void => {
    if (why !== undefined) return
    why = { text, isByPerson }
    stopping.abort()
  }
  let polls = 0
  const poll = async (): Promise<void> => {
    polls += 1
    const request = await stopRequest(operation, ports)
    if (request !== undefined) return stop(request, true)
    const halt = polls % POLLS_PER_HALT_READ === 0 ? await haltReason(ports, haltedThere) : undefined
    if (halt !== undefined) stop(halt)
  }
  const timer = setInterval(() => void poll().catch(error => logError('stop', operation, error)), POLL_MS)
  const deadline = setTimeout(() => stop(`Stopped after ${Math.round(limitMs / 60_000)} min, its time limit.`), limitMs)
  return {
    signal: stopping.signal,
    why: () => why,
    end: () => {
      clearInterval(timer)
      clearTimeout(deadline)
    },
  }
}
