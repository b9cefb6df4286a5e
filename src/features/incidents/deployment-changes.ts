// Pure: converts the deployments of a service to changes and names who started each deployment. A person or caller is
// named only if exactly one API call or one operation can have started the deployment.

import { cut } from '../../kit/messages/markup.ts'
import { humanCode, plainName } from '../../kit/messages/text.ts'
import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import type { DeploymentRecord, ServiceRevision } from '../../model/service-detail.ts'
import { changesOf } from '../deployments/load-history.ts'
import { callerOf } from './call-changes.ts'
import { type Change, NOBODY, type Who } from './change.ts'
import { deploymentLink } from './console-links.ts'
import { type Execution, mayHaveDeployed, personOf } from './operation-changes.ts'
import type { CallAtAws } from './reads.ts'

type Suspects = { readonly calls: readonly CallAtAws[]; readonly executions: readonly Execution[] }

/**
 * Who started a deployment. `call` or `execution`: the API call or the execution that started the deployment; it is not
 * listed as a separate change.
 */
export type Started = { readonly who: Who; readonly call?: CallAtAws; readonly execution?: Execution }

/**
 * The maximum time from an API call to the creation of its deployment. `EARLY_MS` allows for CloudTrail's times, which
 * are whole seconds.
 */
const SOON_MS = 30_000
const EARLY_MS = 2_000

/**
 * Finds who started the deployment. `definition`: the deployment's task definition, such as `orders-api:8`. Returns
 * NOBODY unless exactly one call or execution can have started the deployment.
 */
export const startOf = (
  { createdAt }: Pick<DeploymentRecord, 'createdAt'>,
  definition: string | undefined,
  { calls, executions }: Suspects,
): Started => {
  const others = calls.filter(call => !call.isOwn && mayHaveStarted(call, createdAt, definition))
  const own = executions.filter(one => mayHaveDeployed(one, createdAt))
  const [call] = others
  const [execution] = own
  if (others.length + own.length !== 1) return { who: NOBODY }
  if (call !== undefined) return { who: callerOf(call), call }
  return execution === undefined ? { who: NOBODY } : { who: personOf(execution.record), execution }
}

const mayHaveStarted = (call: CallAtAws, createdAt: string, definition = ''): boolean => {
  const after = Date.parse(createdAt) - Date.parse(call.at)
  if (after < -EARLY_MS || after > SOON_MS || !startsDeployment(call)) return false
  const asked = call.request['taskDefinition']
  if (typeof asked !== 'string' || definition === '') return true
  const name = asked.split('/').at(-1) ?? ''
  return name === definition || name === definition.split(':')[0]
}

/** Parameters of UpdateService that start no deployment (ECS API reference, UpdateService). */
const QUIET = new Set(['cluster', 'service', 'desiredCount', 'healthCheckGracePeriodSeconds', 'propagateTags'])
const QUIET_PARTS = new Set(['deploymentConfiguration', 'placementConstraints', 'placementStrategy'])

const startsDeployment = ({ action, request, also }: CallAtAws): boolean =>
  action === 'CreateService' ||
  (action === 'UpdateService' &&
    (Object.entries(request).some(([name, value]) => !QUIET.has(name) && value !== false) ||
      also.some(name => !QUIET_PARTS.has(name))))

/**
 * The id of the deployment in which a task started: the newest deployment of the task's task definition that was
 * created no later than the task. Undefined if there is none.
 */
export const deploymentOf = (
  { taskDefinition, createdAt }: StoppedTask,
  deployments: readonly DeploymentRecord[],
  revisions: readonly ServiceRevision[],
): string | undefined =>
  deployments
    .filter(record => record.createdAt <= createdAt && definitionOf(record, revisions) === taskDefinition)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]?.id

export const definitionOf = ({ to }: DeploymentRecord, revisions: readonly ServiceRevision[]): string | undefined =>
  revisions.find(({ arn }) => arn === to)?.taskDefinition

/**
 * Who caused the rollback of a deployment: ECS, if the rollback's reason names the circuit breaker or an alarm; else
 * the caller of StopServiceDeployment for this deployment; else the only operation that can have done it; else NOBODY.
 */
export const stopperOf = ({ arn, rollback }: DeploymentRecord, { calls, executions }: Suspects): Who => {
  if (rollback === undefined) return NOBODY
  if (/circuit breaker|alarm/i.test(rollback.reason)) return { kind: 'aws', name: 'ECS' }
  const call = calls.find(
    ({ action, request }) => action === 'StopServiceDeployment' && request['serviceDeploymentArn'] === arn,
  )
  if (call !== undefined && !call.isOwn) return callerOf(call)
  const own = executions.filter(one => mayHaveDeployed(one, rollback.at))
  const [execution] = own
  return own.length === 1 && execution !== undefined ? personOf(execution.record) : NOBODY
}

type Shown = {
  readonly ref: ServiceRef
  readonly revisions: readonly ServiceRevision[]
  readonly starter: Who
  readonly stopper: Who
}

/** Converts a deployment to one change and, if the deployment was rolled back, its rollback to a second change. */
export const deploymentChanges = (
  record: DeploymentRecord,
  { ref, revisions, starter, stopper }: Shown,
): readonly Change[] => {
  const { id, createdAt, status } = record
  const definition = definitionOf(record, revisions)
  const isBad = record.rollback !== undefined || BAD.test(status)
  const common = { cause: id, link: deploymentLink(ref, id) }
  return [
    {
      ...common,
      at: createdAt,
      what: `${whatOf(record, revisions)}${endOf(record)}`,
      brief: `deployed ${short(definition, ref)}`,
      who: starter,
      isBad,
    },
    ...endChanges(record, revisions, ref).map(change => ({ ...common, ...change, who: stopper })),
  ]
}

const BAD = /^(?:ROLLBACK|FAILED)/

/** The short name of a task definition: `:8` if its family has the name of the service, else the full name. */
const short = (definition: string | undefined, { service }: ServiceRef): string => {
  if (definition === undefined) return 'an unknown task definition'
  return plainName(definition.startsWith(`${service}:`) ? definition.slice(service.length) : definition, 60)
}

const whatOf = (record: DeploymentRecord, revisions: readonly ServiceRevision[]): string => {
  const definition = plainName(definitionOf(record, revisions) ?? 'an unknown task definition', 80)
  if (record.from.length === 0) return `deployed ${definition}, the first`
  const changes = changesOf(record, revisions)
  if (changes.length > 0) return `deployed ${cut(changes.map(change => plainName(change, 100)).join(', '), 240)}`
  const isKnown = [record.to, ...record.from.slice(0, 1)].every(arn => revisions.some(one => one.arn === arn))
  return isKnown ? `deployed ${definition} again, nothing changed` : `deployed ${definition}`
}

const endOf = ({ status, startedAt, createdAt, finishedAt, rollback }: DeploymentRecord): string => {
  if (rollback !== undefined) return ''
  if (finishedAt === undefined) return `, ${humanCode(status)}`
  const minutes = Math.round((Date.parse(finishedAt) - Date.parse(startedAt ?? createdAt)) / 60_000)
  return status === 'SUCCESSFUL' ? `, done in ${Math.max(1, minutes)} min` : `, ${humanCode(status)}`
}

const endChanges = (
  { rollback, finishedAt, status }: DeploymentRecord,
  revisions: readonly ServiceRevision[],
  ref: ServiceRef,
): readonly Omit<Change, 'who'>[] => {
  if (rollback === undefined) return []
  const to = revisions.find(({ arn }) => arn === rollback.to)?.taskDefinition
  const ended =
    status === 'ROLLBACK_FAILED' ? 'rollback failed' : finishedAt === undefined ? 'rolling back' : 'rolled back'
  const reason = rollback.reason === '' ? '' : `: ${plainName(rollback.reason, 160)}`
  return [
    {
      at: finishedAt ?? rollback.at,
      what: `${ended}${to === undefined ? '' : ` to ${plainName(to, 80)}`}${reason}`,
      brief: `${ended}${to === undefined ? '' : ` to ${short(to, ref)}`}`,
      isBad: true,
      ...(finishedAt !== undefined && { isEnd: true }),
    },
  ]
}
