// Finds the revision to which a service rolls back: the one before a deployment in progress, else the last other task
// definition that was deployed successfully.
import type { Config } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { ChangeAtAws, Service, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { DeploymentRecord, ServiceDetail, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'
import type { Provenance } from '../managed-by/managed-by.ts'
import type { ManagedByReads } from '../managed-by/reads.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import { starterOf } from './in-progress.ts'
import type { DeploymentReads } from './reads.ts'
import { refuseController, refuseStuck } from './replacement.ts'
import {
  ALL,
  alreadyRuns,
  type Goal,
  goalsOf,
  isInProgress,
  type Known,
  NEWEST,
  namedGoal,
  readKnown,
  refuseGoal,
} from './rollback-goals.ts'
import { imagesThatRan, imagesThatWillRun, type PlannedImage, refuseMovedTags } from './rollback-images.ts'

type Reads = Pick<StatusReads, 'serviceDetail'> & DeploymentReads & ManagedByReads & Pick<ScalingReads, 'changedAtAws'>

export type Rollback = {
  readonly service: Service
  /** The current revision, or the one that is being deployed; undefined if ECS does not return it. */
  readonly from: ServiceRevision | undefined
  readonly to: Goal
  /** The deployment in progress, which the rollback stops. If absent, the rollback deploys `to`. */
  readonly stops?: DeploymentRecord
  /** The deployment strategy of the service: `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly strategy?: string
  /** Who started the deployment that is stopped, if CloudTrail says so. */
  readonly startedBy?: ChangeAtAws
  readonly images: readonly PlannedImage[]
  /** Task definitions of `from` and `to`, where ECS returns them. */
  readonly before?: TaskDefinition
  readonly definition?: TaskDefinition
  readonly managed?: Provenance
}

/** What a rollback is chosen from. */
type Choice = {
  readonly service: Service
  readonly strategy: string
  readonly from: ServiceRevision | undefined
  readonly known: Known
  /** The service's last deployment. */
  readonly last: DeploymentRecord | undefined
}

export const loadRollback = async (
  ref: ServiceRef,
  to: string | undefined,
  read: Reads,
  config: Config,
): Promise<Rollback | Refusal> => {
  if (accountOf(config, ref).roles.deployer === undefined)
    return refuse(
      `Rollbacks need a deployer role in ${ref.account}, and the configuration has none.`,
      'Ask your administrator to add `deployer` under the account’s `roles`.',
    )
  const detail = await read.serviceDetail(ref)
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const refusal = refusalOf(detail.service)
  if (refusal !== undefined) return refusal
  const newest = choiceOf(detail, await readKnown(ref, detail.revisions, NEWEST, read))
  if (newest.last !== undefined && newest.last.finishedAt === undefined && !isInProgress(newest.last))
    return refuse(`*${ref.service}* is already rolling back: ${humanStatus(newest.last.status)}.`, undefined, [
      { label: 'Status', invocation: `status ${fullName(ref)}` },
    ])
  const found = goalOf(to, newest)
  if (found !== undefined || newest.known.isWhole) return proceed(to, newest, found, read)
  const all = choiceOf(detail, await readKnown(ref, detail.revisions, ALL, read))
  return proceed(to, all, goalOf(to, all), read)
}

const choiceOf = ({ service, strategy, revisions, deployment }: ServiceDetail, known: Known): Choice => ({
  service,
  strategy: strategy.kind,
  known,
  from: known.revisions.find(({ arn }) => arn === revisions[0]),
  last: known.records.find(({ arn }) => arn === deployment),
})

/** The newest goal that ECS returns to when the deployment in progress stops. */
const wayBack = ({ known, last }: Choice): Goal | undefined =>
  goalsOf(known).find(({ revision }) => revision.arn !== last?.to)

const goalOf = (to: string | undefined, choice: Choice): Goal | undefined => {
  const { service, known, last } = choice
  if (to !== undefined) return namedGoal(to, service, goalsOf(known))
  return isInProgress(last) ? wayBack(choice) : goalsOf(known).find(({ name }) => name !== service.taskDefinition)
}

const proceed = async (
  to: string | undefined,
  choice: Choice,
  wanted: Goal | undefined,
  read: Reads,
): Promise<Rollback | Refusal> => {
  const { service, strategy, known, from, last } = choice
  if (wanted === undefined) return to === undefined ? nothingBefore(choice) : refuseGoal(to, service, known)
  const back = isInProgress(last) ? wayBack(choice) : undefined
  if (last !== undefined && wanted.name === back?.name) return stopping({ service, strategy, from }, back, last, read)
  return deploying({ service, strategy, from }, wanted, read)
}

const humanStatus = (status: string): string => status.toLowerCase().replaceAll('_', ' ')

const nothingBefore = ({ service: { ref }, known, last }: Choice): Refusal =>
  refuse(
    `*${ref.service}* has nothing to roll back to. ${
      isInProgress(last)
        ? 'ECS’s history has no deployment before the one in progress'
        : `Its last ${known.records.length} deployments include no successful one of another task definition`
    }.`,
    'A rollback goes only to what ran within the 90 days that ECS keeps. Deploy a version with your pipeline.',
    [{ label: 'Deployments', invocation: `deployments ${fullName(ref)}` }],
  )

const refusalOf = (service: Service): Refusal | undefined => {
  const { ref, isExpress, deployments } = service
  const name = `*${ref.service}*`
  const refusal = refuseController(service, 'rolled back')
  if (refusal !== undefined) return refusal
  if (isExpress && !deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return refuse(
      `${name} is an Express service without a deployment in progress: ECS manages its task definitions.`,
      'Update its image instead.',
    )
  return undefined
}

type Base = Pick<Rollback, 'service' | 'strategy' | 'from'>

/** ECS starts the tasks of the earlier revision again, with its images. */
const stopping = async (base: Base, to: Goal, stops: DeploymentRecord, read: Reads): Promise<Rollback> => {
  const [[before, definition], startedBy] = await Promise.all([
    definitionsOf(base, to, read),
    starterOf(base.service, stops, read),
  ])
  return {
    ...base,
    to,
    stops,
    ...(startedBy !== undefined && { startedBy }),
    images: imagesThatRan(to.revision, definition),
    ...(before !== undefined && { before }),
    ...(definition !== undefined && { definition }),
  }
}

const deploying = async (base: Base, to: Goal, read: Reads): Promise<Rollback | Refusal> => {
  const { ref, tags, taskDefinition } = base.service
  if (to.name === taskDefinition) return alreadyRuns(base.service, to.name)
  const stuck = refuseStuck(base.service, 'rolled back')
  if (stuck !== undefined) return stuck
  const [[before, definition], managed] = await Promise.all([
    definitionsOf(base, to, read),
    read.managedBy(ref, tags, 'TaskDefinition'),
  ])
  if (definition?.isActive !== true)
    return refuse(
      `\`${to.name}\` ${definition === undefined ? 'does not exist' : 'was deregistered'}: ECS cannot deploy it.`,
      'Name another one with `--to`; `/ecs deployments` lists earlier ones.',
    )
  const images = await imagesThatWillRun(definition, to.revision, read)
  const refusal = refuseMovedTags(to.name, images, base.from)
  if (refusal !== undefined) return refusal
  return {
    ...base,
    to,
    definition,
    images,
    ...(before !== undefined && { before }),
    ...(managed !== undefined && { managed }),
  }
}

const definitionsOf = ({ service, from }: Base, to: Goal, read: Reads) =>
  Promise.all([
    read.definition(service.ref, from?.taskDefinition ?? service.taskDefinition),
    read.definition(service.ref, to.name),
  ])
