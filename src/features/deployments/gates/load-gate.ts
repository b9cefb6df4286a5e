// Loads a gate: the deployment that waits, what it would release, and who started it.

import type { Face } from '../../../engine/cards/card.ts'
import { faceKey, gateAnswerKey } from '../../../engine/change/records.ts'
import type { Asker } from '../../../engine/rules/asker.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { fullName } from '../../../kit/language/target.ts'
import { accountOf } from '../../../model/account.ts'
import type { Service, ServiceRef } from '../../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../../model/errors.ts'
import type {
  DeploymentHook,
  DeploymentRecord,
  ServiceDetail,
  ServiceRevision,
  TaskDefinition,
} from '../../../model/service-detail.ts'
import type { StatusReads } from '../../status/reads.ts'
import type { DeploymentReads } from '../reads.ts'
import { type Deployers, withKnown } from './deployers.ts'
import { endOf, type GateAnswer, gateOperation, hookIn, isWaiting } from './gate.ts'
import { loadDeployers } from './load-deployers.ts'

type Reads = Pick<StatusReads, 'serviceDetail' | 'runningTasks'> & DeploymentReads

/** The tasks that the deployment started, and `older` ones. `healthy`: absent where no task reports its health. */
export type NewTasks = {
  readonly older: number
  readonly running: number
  readonly healthy?: number
  readonly unhealthy: number
}

export type GateState = {
  readonly service: Service
  readonly record: DeploymentRecord
  readonly hook: DeploymentHook
  /** The number of other hooks at which the deployment waits. */
  readonly others: number
  readonly stage: string
  /** The revision that `to` is compared with. Undefined where ECS does not return it. */
  readonly from: ServiceRevision | undefined
  /** The task definitions of the other revisions that it replaces; undefined for those that ECS does not return. */
  readonly otherSources: readonly (string | undefined)[]
  readonly to: ServiceRevision | undefined
  readonly before?: TaskDefinition
  readonly definition?: TaskDefinition
  readonly tasks?: NewTasks
  readonly deployers: Deployers
  readonly now: string
}

/** A service has one deployment in progress; the others are read where another one started meanwhile. */
const NEWEST = 5

const noGateRole = (ref: ServiceRef): Refusal =>
  refuse(
    `Gates need a gate role in ${ref.account}, and the configuration has none.`,
    'Ask your administrator to add `gate` under the account’s `roles`. docs/gates.md has the AWS CLI line.',
  )

export const loadGate = async (
  ref: ServiceRef,
  hookId: string,
  read: Reads,
  { config, facts: { now }, store, operation: own }: Pick<Asker, 'config' | 'facts' | 'store' | 'operation'>,
): Promise<GateState | Refusal> => {
  if (accountOf(config, ref).roles.gate === undefined) return noGateRole(ref)
  const detail = await read.serviceDetail(ref)
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const record = await deploymentWith(hookId, detail, read)
  const hook = hookIn(record, hookId)
  if (record === undefined || hook === undefined)
    return refuse(`No deployment of *${ref.service}* has this gate.`, '`/ecs gates` lists the gates that wait.')
  const operation = gateOperation({ hookId, deployment: record.arn })
  const answer = await store.get<GateAnswer>(gateAnswerKey(operation))
  const end = endOf(hookId, record, now, answer?.value)
  if (end !== undefined) return refuse(`${end.text}.`, 'Nothing waits for an answer here any more.')
  if (!isWaiting(hook)) return refuse('This hook does not wait for a person.')
  const state = await loadState({ detail, record, hook, now }, read, config)
  const asked = await Promise.all([operation, own ?? operation].map(one => store.get<Face>(faceKey(one))))
  return { ...state, deployers: withKnown(state.deployers, ...asked.map(face => face?.value.plan.gate)) }
}

const deploymentWith = async (
  hookId: string,
  { service: { ref }, deployment }: ServiceDetail,
  read: Reads,
): Promise<DeploymentRecord | undefined> => {
  const current = deployment === undefined ? undefined : await read.deployment(ref, deployment)
  if (hookIn(current, hookId) !== undefined) return current
  return (await read.deployments(ref, NEWEST)).find(record => hookIn(record, hookId) !== undefined)
}

type Waiting = {
  readonly detail: ServiceDetail
  readonly record: DeploymentRecord
  readonly hook: DeploymentHook
  readonly now: string
}

const loadState = async ({ detail, record, hook, now }: Waiting, read: Reads, config: Config): Promise<GateState> => {
  const { service } = detail
  const { ref } = service
  const revisions = await read.revisions(ref, [record.to, ...record.from])
  const to = revisions.find(({ arn }) => arn === record.to)
  const from = comparedOf(record.from, revisions, to)
  const definitionOf = (revision: ServiceRevision | undefined) =>
    revision === undefined ? undefined : read.definition(ref, revision.taskDefinition)
  const [before, definition, tasks] = await Promise.all([
    definitionOf(from),
    definitionOf(to),
    newTasks(detail, record, read),
  ])
  return {
    service,
    record,
    hook,
    others: (record.hooks ?? []).filter(isWaiting).length - 1,
    stage: record.stage ?? '',
    from,
    otherSources: record.from
      .filter(arn => arn !== from?.arn)
      .map(arn => revisions.find(one => one.arn === arn)?.taskDefinition),
    to,
    ...(before !== undefined && { before }),
    ...(definition !== undefined && { definition }),
    ...(tasks !== undefined && { tasks }),
    deployers: await loadDeployers(ref, record, definition, read, config),
    now,
  }
}

/**
 * The source with the most tasks. While an earlier deployment of the same task definition is replaced, that one shows no
 * difference, so another one is compared.
 */
const comparedOf = (
  sources: readonly string[],
  revisions: readonly ServiceRevision[],
  to: ServiceRevision | undefined,
): ServiceRevision | undefined => {
  const found = sources.map(arn => revisions.find(one => one.arn === arn))
  return found.find(one => one?.taskDefinition !== to?.taskDefinition) ?? found[0]
}

/**
 * ECS starts tasks of the old version, too, while the deployment waits, so the tasks are told apart by what started them. Undefined
 * where that is not known: the card says so.
 */
const newTasks = async (
  { service, deployment }: ServiceDetail,
  record: DeploymentRecord,
  read: Reads,
): Promise<NewTasks | undefined> => {
  const own = service.deployments.find(({ status }) => status === 'PRIMARY')?.id
  if (own === undefined || deployment !== record.arn) return undefined
  const listed = await read.runningTasks(service.ref).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return undefined
  })
  if (listed === undefined || listed.isPartial) return undefined
  const running = listed.tasks.filter(({ status }) => status === 'RUNNING')
  if (running.some(task => task.deployment === undefined)) return undefined
  const fresh = running.filter(task => task.deployment === own)
  const reporting = fresh.filter(({ health }) => health === 'HEALTHY' || health === 'UNHEALTHY')
  const healthy = reporting.filter(({ health }) => health === 'HEALTHY').length
  return {
    older: running.length - fresh.length,
    running: fresh.length,
    unhealthy: reporting.length - healthy,
    ...(reporting.length > 0 && { healthy }),
  }
}
