// Finds the revision to which a service rolls back: the one before a deployment in progress, else the last other task
// definition that was deployed successfully.
import type { Config } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DeploymentRecord, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'
import type { Provenance } from '../managed-by/managed-by.ts'
import type { ManagedByReads } from '../managed-by/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import type { DeploymentReads } from './reads.ts'

type Reads = Pick<StatusReads, 'serviceDetail'> & DeploymentReads & ManagedByReads

/** The maximum number of deployments that one DescribeServiceDeployments call accepts. */
const MOST = 20

export type Rollback = {
  readonly service: Service
  /** The current revision, or the one that is being deployed; undefined if ECS does not return it. */
  readonly from: ServiceRevision | undefined
  readonly to: Goal
  /** The deployment in progress, which the rollback stops. If absent, the rollback deploys `to`. */
  readonly stops?: DeploymentRecord
  /** The task definition of `to`, if the rollback deploys it. */
  readonly definition?: TaskDefinition
  readonly managed?: Provenance
}

/**
 * A possible target of a rollback. `revision` and `at`, the time of its deployment, are absent if ECS's history has no
 * deployment of the task definition.
 */
export type Goal = { readonly name: string; readonly revision?: ServiceRevision; readonly at?: string }

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
  const [detail, history] = await Promise.all([read.serviceDetail(ref), read.deployments(ref, MOST)])
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const { service } = detail
  const refusal = refusalOf(service)
  if (refusal !== undefined) return refusal
  const known = await revisionsOf(ref, detail.revisions, history, read)
  const from = known.find(({ arn }) => arn === detail.revisions[0])
  const base = { service, from }
  const running = history.find(({ arn }) => arn === detail.deployment)
  const goals = goalsOf(history, known)
  if (running !== undefined && isInProgress(running)) {
    const [back] = goals.filter(({ revision }) => revision?.arn !== running.to)
    const wanted = to === undefined ? back : await namedGoal(to, service, goals, read)
    if (wanted === undefined)
      return nothingBefore(service, 'ECS’s history has no deployment before the one in progress')
    if (isRefusal(wanted)) return wanted
    if (wanted.name === back?.name) return { ...base, to: back, stops: running }
    return deploying(base, wanted, read)
  }
  if (running !== undefined && running.finishedAt === undefined)
    return refuse(`*${ref.service}* is already rolling back: ${humanStatus(running.status)}.`, undefined, [
      { label: 'Status', invocation: `status ${fullName(ref)}` },
    ])
  const wanted =
    to === undefined
      ? goals.find(({ name }) => name !== service.taskDefinition)
      : await namedGoal(to, service, goals, read)
  if (wanted === undefined)
    return nothingBefore(service, `Its last ${MOST} deployments include no successful one of another task definition`)
  return isRefusal(wanted) ? wanted : deploying(base, wanted, read)
}

const humanStatus = (status: string): string => status.toLowerCase().replaceAll('_', ' ')

const isInProgress = ({ status }: DeploymentRecord): boolean => status === 'PENDING' || status === 'IN_PROGRESS'

const nothingBefore = ({ ref }: Service, why: string): Refusal =>
  refuse(
    `*${ref.service}* has nothing to roll back to. ${why}.`,
    'ECS keeps deployments for 90 days; name an older task definition with `--to`.',
    [{ label: 'Deployments', invocation: `deployments ${fullName(ref)}` }],
  )

const OTHERS = {
  CODE_DEPLOY: 'only CodeDeploy can deploy it',
  EXTERNAL: 'an external controller deploys it with task sets, of which ECS keeps no history',
} as const

const refusalOf = ({ ref, status, controller, isExpress, deployments }: Service): Refusal | undefined => {
  const name = `*${ref.service}*`
  if (status !== 'ACTIVE') return refuse(`${name} is ${status.toLowerCase()}: nothing to roll back.`)
  if (controller !== 'ECS')
    return refuse(
      `${name} cannot be rolled back here: ${OTHERS[controller]}.`,
      controller === 'CODE_DEPLOY' ? 'Stop or redeploy it in CodeDeploy.' : 'Roll it back where it is deployed from.',
    )
  if (isExpress && !deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return refuse(
      `${name} is an Express service without a deployment in progress: ECS manages its task definitions.`,
      'Update its image instead.',
    )
  return undefined
}

/**
 * The revisions that deployments and rollbacks deployed, and the one before the oldest deployment; read in two calls of
 * up to twenty.
 */
const revisionsOf = async (
  ref: ServiceRef,
  current: readonly string[],
  history: readonly DeploymentRecord[],
  read: Reads,
): Promise<readonly ServiceRevision[]> => {
  const oldest = history.at(-1)?.from ?? []
  const targets = history.flatMap(({ to, rollback }) => [to, ...(rollback === undefined ? [] : [rollback.to])])
  const arns = [...new Set([...current.slice(0, 1), ...targets, ...oldest])].filter(arn => arn !== '')
  const found = await Promise.all([0, MOST].map(at => read.revisions(ref, arns.slice(at, at + MOST))))
  return found.flat()
}

/**
 * The revisions that were deployed successfully, newest first. The last one is the revision that the oldest deployment
 * replaced.
 */
export const goalsOf = (
  history: readonly DeploymentRecord[],
  revisions: readonly ServiceRevision[],
): readonly Goal[] => {
  const goal = (arn: string | undefined, at: string | undefined): readonly Goal[] => {
    const revision = revisions.find(one => one.arn === arn)
    return revision === undefined ? [] : [{ name: revision.taskDefinition, revision, ...(at !== undefined && { at }) }]
  }
  const good = history.flatMap(({ status, to, rollback, finishedAt }) =>
    status === 'SUCCESSFUL'
      ? goal(to, finishedAt)
      : status === 'ROLLBACK_SUCCESSFUL'
        ? goal(rollback?.to, finishedAt)
        : [],
  )
  return [...good, ...(history.at(-1)?.from ?? []).slice(0, 1).flatMap(arn => goal(arn, undefined))]
}

/** The target that `--to` names: `orders-api:6`, `6`, or the id of a service revision. */
const namedGoal = async (
  text: string,
  { ref, taskDefinition }: Service,
  goals: readonly Goal[],
  read: Reads,
): Promise<Goal | Refusal> => {
  const [family = '', current = ''] = taskDefinition.split(':')
  const byRevision = await revisionNamed(text, ref, goals, read)
  if (isRefusal(byRevision)) return byRevision
  const name = byRevision?.name ?? (text.includes(':') ? text : `${family}:${text}`)
  if (name === taskDefinition && byRevision === undefined)
    return refuse(`*${ref.service}* already runs \`${name}\`.`, 'Nothing to roll back; `restart` replaces its tasks.')
  const goal = byRevision ?? goals.find(one => one.name === name)
  if (goal !== undefined) return goal
  const [ofFamily, number = ''] = name.split(':')
  if (ofFamily === family && Number(number) < Number(current)) return { name }
  return refuse(
    `ECS’s history has no successful deployment of \`${name}\` to *${ref.service}*.`,
    'A rollback only goes to an earlier deployment; deploy new versions with your pipeline.',
  )
}

/**
 * Whether the text is the id of a service revision. Such ids are longer numbers than the revisions of a task
 * definition.
 */
const isRevisionId = (text: string): boolean => /^\d{10,}$/.test(text)

const revisionNamed = async (
  text: string,
  ref: ServiceRef,
  goals: readonly Goal[],
  read: Reads,
): Promise<Goal | Refusal | undefined> => {
  if (!isRevisionId(text)) return undefined
  const arn = `${ref.arn.replace(':service/', ':service-revision/')}/${text}`
  const known = goals.find(({ revision }) => revision?.arn === arn)
  const found = known?.revision ?? (await read.revisions(ref, [arn]))[0]
  if (found === undefined) return refuse(`*${ref.service}* has no revision \`${text}\`.`)
  return known ?? { name: found.taskDefinition, revision: found }
}

const deploying = async (
  base: Pick<Rollback, 'service' | 'from'>,
  to: Goal,
  read: Reads,
): Promise<Rollback | Refusal> => {
  const { ref, tags, taskDefinition } = base.service
  if (to.name === taskDefinition)
    return refuse(
      `*${ref.service}* already runs \`${to.name}\`.`,
      'Nothing to roll back; `restart` replaces its tasks.',
    )
  const [definition, managed] = await Promise.all([
    read.definition(ref, to.name),
    read.managedBy(ref, tags, 'TaskDefinition'),
  ])
  if (definition?.isActive !== true)
    return refuse(
      `\`${to.name}\` ${definition === undefined ? 'does not exist' : 'was deregistered'}: ECS cannot deploy it.`,
      'Name another one with `--to`; `/ecs deployments` lists earlier ones.',
    )
  return { ...base, to, definition, ...(managed !== undefined && { managed }) }
}
