// Handles a click on Stop for a running command, a change set or a watch: stores a flag, which the operation reads every second,
// between services, or at its next poll.

import type { Ports } from '../../commands/ports.ts'
import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { eachTarget } from '../../engine/change/plan.ts'
import { approvalKey, execStopKey, faceKey, finalCardKey } from '../../engine/change/records.ts'
import { accessFor, accessOf, identify, isAmong } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DecisionJob } from '../../model/ports/job.ts'

/** Stops a command, or a watch. The requester, on-call, and everyone who may change the service, or one of a set, or run commands in it. */
export const stopCommand = async (
  { operation, actor }: DecisionJob,
  { store, config: read, ...ports }: Omit<Ports, 'readers'>,
): Promise<Refusal | undefined> => {
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const isStoppable =
    face !== undefined &&
    (accessFor(face.plan) === 'exec' || face.plan.members !== undefined || face.plan.watch !== undefined)
  if (face === undefined || !isStoppable || (await store.get(finalCardKey(operation))) !== undefined)
    return refuse('This has already ended.')
  // A flag that was set before would keep an approved watch from its work.
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval !== undefined && approval.decision === undefined)
    return refuse('This waits for approval: nothing runs yet.', 'You can reject it, if you may approve it.')
  const config = await read()
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId)) return corporateId
  if (!isSamePerson(actor, face.requester, config)) {
    const facts = await loadRuleInputs(config, { store, ...ports })
    const may = eachTarget(face.plan).flatMap(({ target }) =>
      (['operator', 'exec'] as const).map(role => accessOf(actor, role, target, config, facts)),
    )
    const isAllowed = may.some(({ kind }) => kind === 'allowed') || isAmong(config.onCall, actor.user, config, facts)
    if (!isAllowed) return may.find(isRefusal)
  }
  await store.create(execStopKey(operation), { by: actor, at: ports.now() })
  return undefined
}
