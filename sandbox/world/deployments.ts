// Deployments: starts, completes, fails and rolls them back. Each has a service revision and a record.

import { watchAlarms } from './alarm-states.ts'
import { thresholdOf, wantedOf } from './bounds.ts'
import { addServiceEvent, type Context } from './context.ts'
import { hasStages, keptIn } from './course.ts'
import {
  type Deployment,
  type DeploymentRecord,
  isAlive,
  isPending,
  isRunning,
  type Revision,
  type RevisionCounts,
  type Service,
  type Spec,
  tasksOf,
} from './state.ts'

const over: readonly DeploymentRecord['status'][] = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']

export const isOver = ({ status }: DeploymentRecord): boolean => over.includes(status)

const partOf = ({ arn }: Service, kind: string) => arn.replace(':service/', `:${kind}/`)

const createRevision = ({ clock, random, revisions }: Context, service: Service, spec: Spec): Revision => {
  const arn = `${partOf(service, 'service-revision')}/${random.digits(19)}`
  const revision = { arn, service, spec, createdAt: clock.now() }
  revisions.set(arn, revision)
  return revision
}

const createRecord = (context: Context, service: Service, target: Revision): DeploymentRecord => {
  const { clock, random, records } = context
  const alarms = watchAlarms(context.alarmStates, service.cluster, service.deploymentConfiguration)
  const now = clock.now()
  const configuration = service.deploymentConfiguration
  const before = service.deployments[0]?.revision
  const source = (hasStages(configuration) && service.lastCompleted?.revision) || before
  const record: DeploymentRecord = {
    arn: `${partOf(service, 'service-deployment')}/${random.letters(21)}`,
    service,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    status: 'IN_PROGRESS',
    ...(source && { source }),
    target,
    configuration,
    hooks: [],
    ...(alarms && { alarms }),
    failureCount: 0,
    breakerTriggered: false,
  }
  records.set(record.arn, record)
  return record
}

type DeploymentSource = Pick<Deployment, 'revision' | 'record' | 'isRollback'> & { readonly reason?: string }

const makePrimary = (
  { clock, random, emitter }: Context,
  service: Service,
  { reason, ...made }: DeploymentSource,
): Deployment => {
  const id = `ecs-svc/${random.digits(19)}`
  const now = clock.now()
  const deployment: Deployment = {
    ...made,
    id,
    status: 'PRIMARY',
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
    hasRun: false,
    failures: 0,
    launches: new Map(),
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: reason ?? `ECS deployment ${id} in progress.`,
  }
  for (const other of service.deployments) other.status = 'ACTIVE'
  service.deployments.unshift(deployment)
  Object.assign(service.scheduler, { isSteady: false, failures: 0, notBefore: 0 })
  emitter.deployment(service, deployment)
  return deployment
}

/** The current task counts of each revision in a deployment. */
export const countsOf = ({ service, target, source }: DeploymentRecord): readonly RevisionCounts[] =>
  [target, ...(source ? [source] : [])].map(({ arn }) => {
    const tasks = [...service.tasks].filter(task => task.revision?.arn === arn)
    const isCurrent = service.deployments[0]?.revision.arn === arn
    return {
      arn,
      requested: isCurrent ? wantedOf(service) : tasks.filter(isAlive).length,
      running: tasks.filter(isRunning).length,
      pending: tasks.filter(isPending).length,
    }
  })

/** Ends the hooks of a deployment that ends. AWS does not document EventBridge events for these hooks. */
const dropHooks = ({ hooks }: DeploymentRecord) => {
  for (const run of hooks) {
    run.timer?.cancel()
    if (run.status === 'AWAITING_ACTION' || run.status === 'IN_PROGRESS') run.status = 'FAILED'
  }
}

const close = ({ clock }: Context, record: DeploymentRecord, status: DeploymentRecord['status'], reason?: string) => {
  const now = clock.now()
  dropHooks(record)
  record.status = status
  record.updatedAt = now
  if (reason !== undefined) record.statusReason = reason
  if (status === 'STOPPED') record.stoppedAt = now
  record.threshold = thresholdOf(record.service)
  record.finishedAt = now
  record.final = countsOf(record)
}

/** Ends the deployment that is in progress, if there is one. */
export const endDeployment = (context: Context, service: Service, reason: string): void => {
  const before = service.deployments[0]
  if (before?.rolloutState !== 'IN_PROGRESS' || isOver(before.record)) return
  close(context, before.record, 'STOPPED', reason)
}

/** Starts a new primary deployment of the service, with a new revision. */
export const beginDeployment = (context: Context, service: Service, spec: Spec): Deployment => {
  endDeployment(context, service, 'Service deployment was stopped because a newer one was started.')
  const revision = createRevision(context, service, spec)
  return makePrimary(context, service, {
    revision,
    record: createRecord(context, service, revision),
    isRollback: false,
  })
}

/** Assigns the running tasks that have the revision of a rollback to the new deployment of this rollback. */
const adopt = (service: Service, deployment: Deployment) => {
  for (const task of service.tasks)
    if (isAlive(task) && task.revision?.arn === deployment.revision.arn) {
      task.deploymentId = deployment.id
      const { launches } = deployment
      const { capacityProvider } = task
      if (capacityProvider !== undefined) launches.set(capacityProvider, (launches.get(capacityProvider) ?? 0) + 1)
    }
}

/** Rolls a service back to its last completed revision. Returns false if there is no such revision. */
const rollBack = (context: Context, service: Service, reason: string, text: (to: string) => string): boolean => {
  const [failed] = service.deployments
  const { revision: back, deploymentId: to } = service.lastCompleted ?? {}
  if (!failed || !back || !to || failed.isRollback || back.arn === failed.revision.arn) return false
  const before = service.deployments.find(({ revision }) => revision.arn === back.arn)
  const now = context.clock.now()
  const { record } = failed
  dropHooks(record)
  if (record.stage !== undefined) record.stage = 'CLEAN_UP'
  if (record.weights) record.weights = { test: 0, production: 0 }
  Object.assign(record, { status: 'ROLLBACK_IN_PROGRESS', statusReason: reason, updatedAt: now })
  record.rollback = { reason, startedAt: now, revision: back }
  const deployment = makePrimary(context, service, { revision: back, record, isRollback: true, reason: text(to) })
  adopt(service, deployment)
  service.deployments = service.deployments.filter(other => other !== before)
  addServiceEvent(context, service, `rolling back to deployment ${to}.`)
  return true
}

const settleState = (context: Context, deployment: Deployment, state: 'COMPLETED' | 'FAILED', reason: string) => {
  deployment.rolloutState = state
  deployment.rolloutStateReason = reason
  deployment.updatedAt = context.clock.now()
}

export const completeDeployment = (context: Context, service: Service, deployment: Deployment): void => {
  settleState(context, deployment, 'COMPLETED', `ECS deployment ${deployment.id} completed.`)
  service.lastCompleted = { revision: deployment.revision, deploymentId: deployment.id }
  close(context, deployment.record, deployment.isRollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL')
  addServiceEvent(context, service, `(deployment ${deployment.id}) deployment completed.`)
  context.emitter.deployment(service, deployment)
}

type Failure = {
  /** The texts for the rollout state, for the service event and for the rollback. */
  readonly state: string
  readonly event: string
  readonly cause: string
  readonly back: string
  /** Whether to roll back, by the setting of the circuit breaker or the alarms, depending on which failed the deployment. */
  readonly isBack: boolean | undefined
}

const fail = (context: Context, service: Service, deployment: Deployment, failure: Failure) => {
  settleState(context, deployment, 'FAILED', failure.state)
  addServiceEvent(context, service, `(deployment ${deployment.id}) deployment failed: ${failure.event}.`)
  context.emitter.deployment(service, deployment)
  const reason = `Service deployment rolled back because ${failure.cause}.`
  const back = (to: string) => `${failure.back}: rolling back to deploymentId ${to}.`
  if (failure.isBack && rollBack(context, service, reason, back)) return
  const status = deployment.isRollback ? 'ROLLBACK_FAILED' : 'STOPPED'
  close(context, deployment.record, status, `Service deployment failed because ${failure.cause}.`)
}

/** Fails a deployment. Called when the circuit breaker triggers. */
export const failDeployment = (context: Context, service: Service, deployment: Deployment): void => {
  deployment.record.breakerTriggered = true
  fail(context, service, deployment, {
    state: 'ECS deployment circuit breaker: tasks failed to start.',
    event: 'tasks failed to start',
    cause: 'the circuit breaker threshold was exceeded',
    back: 'ECS deployment circuit breaker',
    isBack: service.deploymentConfiguration.deploymentCircuitBreaker?.rollback,
  })
}

/** Fails a deployment because of its alarms. The texts, except that of the service event, are guesses. */
export const failByAlarm = (context: Context, record: DeploymentRecord): void => {
  const [deployment] = record.service.deployments
  if (deployment?.record !== record || deployment.rolloutState !== 'IN_PROGRESS') return
  fail(context, record.service, deployment, {
    state: 'ECS deployment alarm: alarm detected.',
    event: 'alarm detected',
    cause: 'an alarm was detected',
    back: 'ECS deployment alarm',
    isBack: record.configuration.alarms?.rollback,
  })
}

/** Stops a deployment and rolls it back. If there is no earlier revision, there is no rollback. */
export const cancelDeployment = (context: Context, record: DeploymentRecord, reason: string, closed = reason): void => {
  const { service } = record
  const [primary] = service.deployments
  if (!primary || primary.record !== record || primary.isRollback) return
  // ECS sends SERVICE_DEPLOYMENT_FAILED only if the circuit breaker or an alarm failed the deployment.
  settleState(context, primary, 'FAILED', `ECS deployment ${primary.id} stopped.`)
  if (rollBack(context, service, reason, to => `ECS deployment stopped: rolling back to deploymentId ${to}.`)) return
  close(context, record, 'STOPPED', closed)
}

/** Stops a deployment, for StopServiceDeployment. */
export const stopDeployment = (context: Context, record: DeploymentRecord): void =>
  cancelDeployment(
    context,
    record,
    'Service deployment rolled back because of a StopServiceDeployment request.',
    'Service deployment stopped by a StopServiceDeployment request.',
  )

/** Removes the older deployments that have no tasks. */
export const retireDeployments = (service: Service): void => {
  const kept = keptIn(service)
  service.deployments = service.deployments.filter(
    (deployment, index) => index === 0 || deployment === kept || tasksOf(service, deployment).some(isAlive),
  )
}
