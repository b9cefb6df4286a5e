// Where a rollback may go: to revisions that ECS deployed to this service with success, and to nothing else.

import type { Service, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { DeploymentRecord, ServiceRevision } from '../../model/service-detail.ts'
import type { DeploymentReads } from './reads.ts'

/** Deployments of the first read, and of a further one where the first has no goal. */
export const NEWEST = 20
export const ALL = 100

/**
 * A revision that ran. `at`: the end of its deployment; absent for one that ECS no longer keeps. `until`: the end of the
 * deployment that replaced it; absent for one that runs. Both ISO 8601.
 */
export type Goal = {
  readonly name: string
  readonly revision: ServiceRevision
  readonly at?: string
  readonly until?: string
}

/** What ECS knows. `isWhole`: `records` are all deployments that ECS keeps. */
export type Known = {
  readonly records: readonly DeploymentRecord[]
  readonly revisions: readonly ServiceRevision[]
  readonly isWhole: boolean
}

type Reads = Pick<DeploymentReads, 'deployments' | 'revisions'>

/** `current`: ARNs of the service's present revisions. */
export const readKnown = async (
  ref: ServiceRef,
  current: readonly string[],
  most: number,
  read: Reads,
): Promise<Known> => {
  const records = await read.deployments(ref, most)
  const targets = records.flatMap(({ to, rollback }) => [to, ...(rollback === undefined ? [] : [rollback.to])])
  const oldest = records.at(-1)?.from ?? []
  const arns = [...new Set([...current.slice(0, 1), ...targets, ...oldest])].filter(arn => arn !== '')
  return { records, revisions: await read.revisions(ref, arns), isWhole: records.length < most }
}

/** Revisions deployed successfully, the newest first; last, the one that the oldest deployment replaced. */
export const goalsOf = ({ records, revisions, isWhole }: Known): readonly Goal[] => {
  const goal = (arn: string | undefined, newer: readonly DeploymentRecord[], at?: string): readonly Goal[] => {
    const revision = revisions.find(one => one.arn === arn)
    if (revision === undefined) return []
    const until = newer.findLast(record => ![undefined, arn].includes(arrivedAt(record)))?.finishedAt
    return [
      {
        name: revision.taskDefinition,
        revision,
        ...(at !== undefined && { at }),
        ...(until !== undefined && { until }),
      },
    ]
  }
  const good = records.flatMap((record, at) => goal(arrivedAt(record), records.slice(0, at), record.finishedAt))
  return [...good, ...(isWhole ? goal(replacedByOldest(records), records) : [])]
}

/** ARN of the revision that runs after a deployment; undefined where it failed or has not ended. */
const arrivedAt = ({ status, to, rollback }: DeploymentRecord): string | undefined =>
  status === 'SUCCESSFUL' ? to : status === 'ROLLBACK_SUCCESSFUL' ? rollback?.to : undefined

/** It ran, since it was replaced alone: of two, one may have been a deployment in progress. */
const replacedByOldest = (records: readonly DeploymentRecord[]): string | undefined => {
  const [only, another] = records.at(-1)?.from ?? []
  return another === undefined ? only : undefined
}

/** Ids of service revisions are longer numbers than revisions of a task definition. */
const isRevisionId = (text: string): boolean => /^\d{10,}$/.test(text)

/** Whether `--to` means this revision: `orders-api:6`, `6`, or the id of a service revision. */
const isNamed =
  (text: string, { ref, taskDefinition }: Service) =>
  ({ arn, taskDefinition: name }: Pick<ServiceRevision, 'arn' | 'taskDefinition'>): boolean =>
    isRevisionId(text)
      ? arn === `${ref.arn.replace(':service/', ':service-revision/')}/${text}`
      : name === nameOf(text, taskDefinition)

const nameOf = (text: string, taskDefinition: string): string =>
  text.includes(':') || isRevisionId(text) ? text : `${taskDefinition.split(':')[0]}:${text}`

/** The goal that `--to` names; undefined where none of the goals has that name. */
export const namedGoal = (text: string, service: Service, goals: readonly Goal[]): Goal | undefined =>
  goals.find(({ revision }) => isNamed(text, service)(revision))

export const alreadyRuns = ({ ref }: Service, name: string): Refusal =>
  refuse(`*${ref.service}* already runs \`${name}\`.`, 'Nothing to roll back; `restart` replaces its tasks.')

/** Why `--to` is no goal: it runs, it failed, it is on its way, or ECS never deployed it here. */
export const refuseGoal = (text: string, service: Service, known: Known): Refusal => {
  const { ref, taskDefinition } = service
  const name = nameOf(text, taskDefinition)
  const named = known.revisions.filter(isNamed(text, service)).map(({ arn }) => arn)
  const last = known.records.find(({ to }) => named.includes(to))
  if (name === taskDefinition && !isInProgress(last)) return alreadyRuns(service, name)
  if (last !== undefined) return refuseRecord(name, ref, last)
  return refuse(
    `${known.isWhole ? 'ECS’s history has' : `The last ${ALL} deployments include`} no successful deployment of \`${name}\` to *${ref.service}*.`,
    'A rollback goes only to what ran before. Anything else is a deployment of a new version: use your pipeline.',
  )
}

export const isInProgress = (record: DeploymentRecord | undefined): boolean =>
  record?.status === 'PENDING' || record?.status === 'IN_PROGRESS'

const refuseRecord = (name: string, { service }: ServiceRef, record: DeploymentRecord): Refusal => {
  const { createdAt, finishedAt = createdAt } = record
  if (isInProgress(record))
    return refuse(`*${service}* is being deployed to \`${name}\` now: it has not succeeded yet.`)
  const cause = (record.rollback?.reason ?? record.reason ?? '').replace(/[*`\n]/g, '').slice(0, 300)
  return refuse(
    `\`${name}\` failed when it was deployed to *${service}* on ${finishedAt.slice(0, 16).replace('T', ' ')} UTC.${cause === '' ? '' : ` ECS: ${cause}`}`,
    'A rollback goes only to what ran before; `/ecs deployments` lists it.',
  )
}
