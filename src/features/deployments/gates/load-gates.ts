// Loads /ecs gates: the gates that wait, each read again from ECS.

import { operationIn, PENDING, type Pending } from '../../../engine/change/open-request.ts'
import type { PlannedGate } from '../../../engine/change/plan.ts'
import type { Asker } from '../../../engine/rules/asker.ts'
import { maySeeTarget } from '../../../engine/rules/place-access.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { DeploymentReads } from '../reads.ts'
import { endOf, hookIn } from './gate.ts'

/** The most gates of one answer, those that end first. Each costs one read. */
export const MOST_LISTED = 10

/** `state`: `waiting`, `unread`, or what settled it, which its request does not know yet. */
export type ListedGate = {
  readonly operation: string
  readonly title: string
  readonly target: ServiceRef
  readonly gate: PlannedGate
  readonly state: string
}

export type OpenGates = { readonly gates: readonly ListedGate[]; readonly all: number; readonly now: string }

export const loadGates = async (
  read: Pick<DeploymentReads, 'deployment'>,
  { store, who, config, facts }: Pick<Asker, 'store' | 'who' | 'config' | 'facts'>,
): Promise<OpenGates> => {
  const pending = await store.list<Pending>(PENDING)
  const open = pending
    .flatMap(({ key, value: { gate, title, target } }) =>
      gate?.action === 'CONTINUE' ? [{ operation: operationIn(key), title, target, gate }] : [],
    )
    .filter(({ target }) => maySeeTarget(target.arn, who.actor, config, facts))
    .toSorted((a, b) => (a.gate.expiresAt < b.gate.expiresAt ? -1 : 1))
  const gates = await Promise.all(
    open
      .slice(0, MOST_LISTED)
      .map(async one => ({ ...one, state: await stateOf(one.target, one.gate, facts.now, read) })),
  )
  return { gates, all: open.length, now: facts.now }
}

const stateOf = async (
  target: ServiceRef,
  { hookId, deployment }: PlannedGate,
  now: string,
  read: Pick<DeploymentReads, 'deployment'>,
): Promise<string> => {
  try {
    const record = await read.deployment(target, deployment)
    return endOf(hookId, record, now)?.text ?? (hookIn(record, hookId) === undefined ? 'unread' : 'waiting')
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return 'unread'
  }
}
