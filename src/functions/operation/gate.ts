// The operation of a gate: no person requested it, it ends with what settled the gate, and an answer from elsewhere closes it.

import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { Decision } from '../../engine/change/approval.ts'
import { boundedText } from '../../engine/change/bounded.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { PlannedGate } from '../../engine/change/plan.ts'
import { gateAnswerKey, postedKey } from '../../engine/change/records.ts'
import { type GateAnswer, gateOperation, timeoutText } from '../../features/deployments/gates/gate.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { plainName } from '../../kit/messages/text.ts'
import { isRefusal, type Refusal } from '../../model/errors.ts'
import type { GateRequest, OperationJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Proposal } from '../prepare/proposal.ts'
import { proposeGate } from '../prepare/propose-gate.ts'
import { limitPlanSize } from './plan-size.ts'
import type { OperationPorts } from './ports.ts'
import { createPersistentStep, step } from './steps.ts'
import { actsAs, errorText, type Story } from './story.ts'

export const gatePlan = async (
  gate: GateRequest,
  operation: string,
  ports: OperationPorts,
): Promise<Proposal | Refusal> => {
  const proposed = await proposeGate(gate, operation, ports)
  return limitPlanSize(isRefusal(proposed) ? proposed : proposed.proposal)
}

/**
 * Somebody must know that a deployment waits, also where it cannot be answered here, or its card could not be posted. So this
 * is tried for days.
 */
export const refuseGate = async (
  job: OperationJob,
  { service: { service, cluster, region, accountId } }: GateRequest,
  ctx: DurableContext,
  ports: OperationPorts,
  refusal: Refusal,
): Promise<'refused'> => {
  await createPersistentStep(ctx)('say that a gate waits', async () => {
    const key = postedKey(job.id, 'outcome')
    if ((await ports.store.get<Posted>(key)) !== undefined) return null
    const name = plainName(service, 60)
    const text = `A deployment of *${name}* (${accountId} ${region}, ${plainName(cluster, 60)}) stopped at a gate: ${refusal.text}`
    const offers = [{ label: 'Ask Again', invocation: job.line }]
    const { channel } = await ports.config()
    const posted = await (await ports.slack()).post(channel, renderRefusal({ ...refusal, text, offers }))
    await ports.store.create(key, posted)
    return null
  }).catch(() => null)
  return 'refused'
}

/** The end of a gate that was not continued here. */
export const gateOutcome = ({ outcome, reason }: Decision, { onTimeout }: PlannedGate): Outcome => {
  if (outcome === 'expired') return { status: 'expired', text: `${reason ?? timeoutText(onTimeout)}.` }
  return { status: outcome === 'approved' ? 'unknown' : outcome, text: reason === undefined ? '' : `${reason}.` }
}

/** Written before the answer is sent: ECS's event, which closes the request, may come before the call returns. */
export const noteAnswer = async (story: Story, gate: PlannedGate): Promise<null> => {
  const { ctx, ports } = story
  const answer: GateAnswer = { name: actsAs(story).actor.name, action: gate.action }
  return step(ctx, 'note who answers', async () => {
    const key = gateAnswerKey(gateOperation(gate))
    const before = await ports.store.get<GateAnswer>(key)
    await (before === undefined ? ports.store.create(key, answer) : ports.store.replace(key, answer, before.version))
    return null
  }).catch(() => null)
}

/** A refusal by ECS is told as what settled the gate. */
export const explainRefusal = async (story: Story, gate: PlannedGate, outcome: Outcome): Promise<Outcome> => {
  const { ctx, ports, job, face } = story
  if (outcome.status !== 'failed') return outcome
  const request = { hookId: gate.hookId, service: face.plan.target }
  const again = await step(ctx, 'what settled it', async () => {
    const proposed = await proposeGate(request, job.id, ports, true)
    return isRefusal(proposed) ? { text: boundedText(proposed.text) } : null
  }).catch((error: unknown) => ({ text: errorText(error) }))
  return again === null ? outcome : { ...outcome, text: `${again.text} ECS: ${outcome.text}` }
}
