// Converts ECS service deployments to the model.
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { DeploymentRecord } from '../../../model/service-detail.ts'
import { iso, shortName } from './tasks.ts'

export const readRecord = (record: ServiceDeployment): DeploymentRecord => {
  const { targetServiceRevision: target, rollback } = record
  const arn = record.serviceDeploymentArn ?? ''
  return {
    id: shortName(arn),
    arn,
    status: record.status ?? '',
    ...(record.statusReason !== undefined && { reason: record.statusReason }),
    createdAt: iso(record.createdAt),
    ...(record.startedAt !== undefined && { startedAt: iso(record.startedAt) }),
    ...(record.finishedAt !== undefined && { finishedAt: iso(record.finishedAt) }),
    ...(record.updatedAt !== undefined && { updatedAt: iso(record.updatedAt) }),
    ...(record.lifecycleStage !== undefined && { stage: record.lifecycleStage }),
    strategy: record.deploymentConfiguration?.strategy || 'ROLLING',
    from: (record.sourceServiceRevisions ?? [])
      .toSorted((a, b) => (b.runningTaskCount ?? 0) - (a.runningTaskCount ?? 0))
      .flatMap(({ arn: source }) => source || []),
    to: target?.arn ?? '',
    ...(target !== undefined && {
      counts: {
        running: target.runningTaskCount ?? 0,
        pending: target.pendingTaskCount ?? 0,
        requested: target.requestedTaskCount ?? 0,
      },
    }),
    ...shiftOf(record),
    ...guardsOf(record),
    ...hooksOf(record),
    ...(rollback !== undefined && {
      rollback: {
        reason: rollback.reason ?? '',
        at: iso(rollback.startedAt),
        to: rollback.serviceRevisionArn ?? '',
      },
    }),
  }
}

const hooksOf = ({ lifecycleHookDetails: hooks = [] }: ServiceDeployment): Pick<DeploymentRecord, 'hooks'> =>
  hooks.length === 0
    ? {}
    : {
        hooks: hooks.map(({ hookId = '', targetType = '', status = '', expiresAt, timeoutAction }) => ({
          id: hookId,
          type: targetType,
          status,
          ...(expiresAt !== undefined && { expiresAt: iso(expiresAt) }),
          onTimeout: timeoutAction === 'CONTINUE' ? 'CONTINUE' : 'ROLLBACK',
        })),
      }

const shiftOf = ({
  targetServiceRevision: target,
  deploymentConfiguration: { bakeTimeInMinutes: bake } = {},
}: ServiceDeployment): Pick<DeploymentRecord, 'bakeMinutes' | 'traffic' | 'testTraffic'> => ({
  ...(bake !== undefined && { bakeMinutes: bake }),
  ...(target?.requestedProductionTrafficWeight !== undefined && { traffic: target.requestedProductionTrafficWeight }),
  ...(target?.requestedTestTrafficWeight !== undefined && { testTraffic: target.requestedTestTrafficWeight }),
})

const guardsOf = ({
  deploymentCircuitBreaker: breaker,
  alarms,
}: ServiceDeployment): Pick<DeploymentRecord, 'breaker' | 'alarms'> => ({
  ...(breaker?.status !== undefined &&
    breaker.status !== 'DISABLED' && {
      breaker: { status: breaker.status, failed: breaker.failureCount ?? 0, most: breaker.threshold ?? 0 },
    }),
  ...(alarms?.status !== undefined &&
    alarms.status !== 'DISABLED' && { alarms: { status: alarms.status, triggered: alarms.triggeredAlarmNames ?? [] } }),
})
