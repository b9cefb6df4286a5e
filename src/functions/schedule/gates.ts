// Looks at gates outside their executions: each waits on one callback, which is completed only when something has changed.

import type { Face } from '../../engine/cards/card.ts'
import { showLatest } from '../../engine/cards/show-latest.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { applyEvent } from '../../engine/change/approval-store.ts'
import { operationIn, PENDING, type Pending } from '../../engine/change/open-request.ts'
import type { PlannedGate } from '../../engine/change/plan.ts'
import { approvalKey, faceKey, gateAnswerKey, postedKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { logMetric } from '../../engine/jobs/log-metric.ts'
import { armWakeRetry } from '../../engine/jobs/timers.ts'
import { wakeOrRetry } from '../../engine/jobs/wake.ts'
import { SYSTEM } from '../../engine/rules/asker.ts'
import { judgeGate, withTooFew } from '../../engine/rules/judge-gate.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { withKnown } from '../../features/deployments/gates/deployers.ts'
import { endOf, type GateAnswer, gateOperation } from '../../features/deployments/gates/gate.ts'
import { loadDeployers } from '../../features/deployments/gates/load-deployers.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Item } from '../../model/ports/store.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import { pendingKey, untilOf } from '../prepare/pending.ts'
import { deployerOf } from '../prepare/propose-gate.ts'
import type { GatePorts } from './gate-ports.ts'
import { findLostGates } from './lost-gates.ts'

/** The most open gates of one look: those that end first. Each costs one read. */
const MOST_GATES = 100

export const lookAtGates = async (ports: GatePorts): Promise<void> => {
  const pending = await ports.store.list<Pending>(PENDING)
  logMetric('waiting', pending.length)
  await lookAtPending(pending, ports)
  await findLostGates(ports).catch(error => logError('gate', 'lost', error))
}

/** The gates of one service, after an event: a rollback at one of them ends the others. */
export const lookAtGatesOf = async (serviceArn: string, ports: GatePorts): Promise<void> =>
  lookAtPending(await ports.store.list<Pending>(PENDING, { prefix: `${serviceArn}#` }), ports)

const lookAtPending = async (pending: readonly Item<Pending>[], ports: GatePorts): Promise<void> => {
  const gates = pending
    .filter(({ value }) => value.gate !== undefined)
    .toSorted((a, b) => (a.value.expiresAt < b.value.expiresAt ? -1 : 1))
    .slice(0, MOST_GATES)
  let learned = 0
  for (const { key } of gates) {
    const operation = operationIn(key)
    try {
      const waiting = await lookAtGate(operation, ports)
      if (waiting === undefined || !isLearning(waiting, ports.now()) || learned >= MOST_LEARNED) continue
      learned += 1
      await learnDeployers(waiting, ports)
    } catch (error) {
      logError('gate', operation, error)
    }
  }
}

type Waiting = {
  readonly face: Face
  readonly gate: PlannedGate
  readonly record: DeploymentRecord
  readonly approval: Approval
}

/** Closes the request of a gate that was settled elsewhere, and wakes its operation. Idempotent. Returns a gate that waits. */
const lookAtGate = async (operation: string, ports: GatePorts): Promise<Waiting | undefined> => {
  const { store } = ports
  const [face, approval] = await Promise.all([
    store.get<Face>(faceKey(operation)),
    store.get<Approval>(approvalKey(operation)),
  ])
  const gate = face?.value.plan.gate
  if (face === undefined || gate === undefined || approval === undefined) return undefined
  if (approval.value.decision !== undefined) {
    await wakeOrRetry(operation, ports)
    return undefined
  }
  const read = ports.readers(await ports.config(), SYSTEM, 'schedule')
  const record = await read.deployment(face.value.plan.target, gate.deployment)
  const answer = await store.get<GateAnswer>(gateAnswerKey(gateOperation(gate)))
  const end = endOf(gate.hookId, record, ports.now(), answer?.value)
  if (end === undefined) return record && { face: face.value, gate, record, approval: approval.value }
  const outcome = end.kind === 'expired' ? 'expired' : 'superseded'
  const arm = () => armWakeRetry(operation, ports)
  await applyEvent(store, operation, () => ({ kind: 'close', outcome, reason: end.text, at: ports.now() }), arm)
  await wakeOrRetry(operation, ports)
  return undefined
}

/** CloudTrail knows a call within some 15 minutes. Later looks would find nothing new, and cost the account's quota. */
const LEARNING_MS = 2 * 3_600_000

/** Each asks CloudTrail at most twice, for a first deployment three times. It allows two calls a second. */
const MOST_LEARNED = 10

/** After this long CloudTrail has all calls. */
const COMPLETE_MS = 30 * 60_000

const isLearning = ({ gate, approval }: Waiting, now: string): boolean =>
  Date.parse(now) - Date.parse(approval.askedAt) <= (gate.isKnown ? COMPLETE_MS : LEARNING_MS)

/** Once it is known who deployed, the card says so, their vote is struck, and they cannot vote. */
const learnDeployers = async ({ face, gate, record }: Waiting, ports: GatePorts): Promise<void> => {
  const config = await ports.config()
  const { target } = face.plan
  const read = ports.readers(config, SYSTEM, 'schedule')
  const [revision] = await read.revisions(target, [record.to])
  const definition = revision && (await read.definition(target, revision.taskDefinition))
  const found = withKnown(await loadDeployers(target, record, definition, read, config), gate)
  if (found.by === gate.by && found.isKnown === gate.isKnown && found.people.join() === gate.people.join()) return
  const learned = { ...face.plan, gate: { ...gate, ...found } }
  // The number of approvals needs no look-up, and who may give them is asked at each click.
  const { rule } = judgeGate(learned, config, { now: ports.now(), groups: {}, placeLocks: [] })
  const inputs = await loadRuleInputs(config, ports).catch(() => undefined)
  const plan = inputs === undefined ? learned : withTooFew(learned, judgeGate(learned, config, inputs), config)
  const requester = face.isOfDeployment === true ? deployerOf(plan, config) : face.requester
  const next: Face = { ...face, plan, requester }
  await store(next, ports)
  const result = await applyEvent(
    ports.store,
    face.operation,
    () => ({ kind: 'exclude', people: found.people, requester, quorum: rule.approvals, at: ports.now() }),
    () => armWakeRetry(face.operation, ports),
  )
  if (result === 'unknown-operation' || result.kind !== 'changed') return
  if (result.approval.decision !== undefined) return wakeOrRetry(face.operation, ports)
  const posted = (await ports.store.get<Posted>(postedKey(face.operation, 'card')))?.value
  if (posted !== undefined)
    await showLatest({ ...next, stage: { kind: 'waiting', approval: result.approval } }, posted, 'vote', ports)
}

/** The face first: a click that follows must find who deployed. */
const store = async (face: Face, ports: GatePorts): Promise<void> => {
  const item = await ports.store.get<Face>(faceKey(face.operation))
  if (item !== undefined) await ports.store.replace(item.key, face, item.version)
  const pending = await ports.store.get<Pending>(pendingKey(face.plan.target.arn, face.operation))
  if (pending === undefined || face.plan.gate === undefined) return
  const value = { ...pending.value, gate: face.plan.gate, requester: face.requester }
  await ports.store.replace(pending.key, value, pending.version, untilOf(value))
}
