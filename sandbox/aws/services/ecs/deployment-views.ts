// Converts service deployments to the format of the API.

import type { ServiceDeployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs'
import { thresholdOf } from '../../../world/bounds.ts'
import { isRolling } from '../../../world/course.ts'
import { countsOf } from '../../../world/deployments.ts'
import type { DeploymentRecord, HookRun, RevisionCounts } from '../../../world/state.ts'
import { date } from '../../../world/task-view.ts'

export const viewRecordBrief = (record: DeploymentRecord): ServiceDeploymentBrief => ({
  serviceDeploymentArn: record.arn,
  serviceArn: record.service.arn,
  clusterArn: record.service.cluster.arn,
  createdAt: date(record.createdAt),
  startedAt: date(record.startedAt),
  finishedAt: date(record.finishedAt),
  targetServiceRevisionArn: record.target.arn,
  status: record.status,
  statusReason: record.statusReason,
})

const viewCounts = (record: DeploymentRecord, counts: RevisionCounts | undefined) =>
  counts && {
    arn: counts.arn,
    requestedTaskCount: counts.requested,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
    ...weightsOf(record, counts.arn === record.target.arn),
  }

/** The traffic weights of a revision; absent if ECS does not move the traffic of the service. */
const weightsOf = ({ weights }: DeploymentRecord, isTarget: boolean) =>
  weights && {
    requestedTestTrafficWeight: isTarget ? weights.test : 100 - weights.test,
    requestedProductionTrafficWeight: isTarget ? weights.production : 100 - weights.production,
  }

/** Converts the hooks of a deployment. The API does not return the stages of the hooks. */
const viewHooks = (hooks: readonly HookRun[]) =>
  hooks.length > 0 && {
    lifecycleHookDetails: hooks.map(({ id, hook, status, expiresAt, timeoutAction }) => ({
      hookId: id,
      targetType: hook.targetType ?? 'AWS_LAMBDA',
      ...(hook.hookTargetArn !== undefined && { targetArn: hook.hookTargetArn }),
      status,
      expiresAt: date(expiresAt),
      timeoutAction,
    })),
  }

const breakerOf = (record: DeploymentRecord) => {
  const configuration = record.final ? record.configuration : record.service.deploymentConfiguration
  const { enable } = configuration.deploymentCircuitBreaker ?? {}
  if (!enable || !isRolling(record.configuration)) return { status: 'DISABLED' as const, failureCount: 0, threshold: 0 }
  const done = record.final ? 'MONITORING_COMPLETE' : 'MONITORING'
  return {
    status: record.breakerTriggered ? ('TRIGGERED' as const) : (done as 'MONITORING'),
    failureCount: record.failureCount,
    threshold: record.threshold ?? thresholdOf(record.service),
  }
}

const alarmsOf = ({ alarms, final }: DeploymentRecord) => {
  if (!alarms) return { status: 'DISABLED' as const, alarmNames: [], triggeredAlarmNames: [] }
  const isWatching = final ? ('MONITORING_COMPLETE' as const) : ('MONITORING' as const)
  const status = alarms.isIgnored ? ('DISABLED' as const) : isWatching
  return {
    status: alarms.triggered.length > 0 ? ('TRIGGERED' as const) : status,
    alarmNames: [...alarms.names],
    triggeredAlarmNames: [...alarms.triggered],
  }
}

export const viewRecord = (record: DeploymentRecord): ServiceDeployment => {
  const counts = record.final ?? countsOf(record)
  const source = viewCounts(
    record,
    counts.find(({ arn }) => arn === record.source?.arn),
  )
  return {
    ...viewRecordBrief(record),
    stoppedAt: date(record.stoppedAt),
    updatedAt: date(record.updatedAt),
    sourceServiceRevisions: source ? [source] : [],
    targetServiceRevision: viewCounts(
      record,
      counts.find(({ arn }) => arn === record.target.arn),
    ),
    ...(record.stage !== undefined && { lifecycleStage: record.stage }),
    ...viewHooks(record.hooks),
    deploymentConfiguration: record.configuration,
    ...(record.rollback && {
      rollback: {
        reason: record.rollback.reason,
        startedAt: date(record.rollback.startedAt),
        serviceRevisionArn: record.rollback.revision.arn,
      },
    }),
    deploymentCircuitBreaker: breakerOf(record),
    alarms: alarmsOf(record),
  } as ServiceDeployment
}
