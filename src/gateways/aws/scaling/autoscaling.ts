// Reads the Application Auto Scaling settings of ECS services, and sends calls to Application Auto Scaling.
import {
  ApplicationAutoScalingClient,
  type ScalingActivity as AwsActivity,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type ScalableTarget,
  type ScheduledAction,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling'
import type { Readers } from '../../../commands/readers.ts'
import type { AutoscalingCall } from '../../../engine/change/plan.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { Autoscaling, ScalingActivity, ScheduledBounds, ServiceRef, Suspensions } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readPolicy } from './scaling-policies.ts'

/** The identifiers of an ECS service in Application Auto Scaling (its API reference). */
export const scalable = ({ cluster, service }: Pick<ServiceRef, 'cluster' | 'service'>) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId: `service/${cluster}/${service}`,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
})

export const createAutoscalingReaders = (
  config: Config,
  sessions: Sessions,
): Pick<Readers, 'autoscaling' | 'scalingActivities'> => {
  const clientFor = sessions.each(settings => new ApplicationAutoScalingClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    autoscaling: ref =>
      askAws(`reading the autoscaling of ${ref.service}`, async () => readAutoscaling(await clientOf(ref), ref)),
    scalingActivities: ref =>
      askAws(`reading the scaling activities of ${ref.service}`, async () => {
        const { ScalingActivities = [] } = await (await clientOf(ref)).send(
          new DescribeScalingActivitiesCommand({ ...scalable(ref), IncludeNotScaledActivities: true, MaxResults: 10 }),
        )
        return ScalingActivities.map(readActivity)
      }),
  }
}

const readAutoscaling = async (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
): Promise<Autoscaling | undefined> => {
  const { ResourceId, ...kind } = scalable(ref)
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ...kind, ResourceIds: [ResourceId] }),
  )
  const [target] = ScalableTargets
  if (target === undefined) return undefined
  const [{ ScalingPolicies = [] }, { ScheduledActions = [] }] = await Promise.all([
    client.send(new DescribeScalingPoliciesCommand(scalable(ref))),
    client.send(new DescribeScheduledActionsCommand(scalable(ref))),
  ])
  return {
    ...readTarget(target),
    policies: ScalingPolicies.map(readPolicy),
    schedules: ScheduledActions.map(readSchedule),
  }
}

const readTarget = (target: ScalableTarget): Omit<Autoscaling, 'policies' | 'schedules'> => ({
  arn: target.ScalableTargetARN ?? '',
  createdAt: target.CreationTime?.toISOString() ?? '',
  min: target.MinCapacity ?? 0,
  max: target.MaxCapacity ?? 0,
  suspended: readSuspensions(target.SuspendedState),
  ...(target.PredictedCapacity !== undefined && { predicted: target.PredictedCapacity }),
})

const readSuspensions = (state: SuspendedState = {}): Suspensions => ({
  in: state.DynamicScalingInSuspended ?? false,
  out: state.DynamicScalingOutSuspended ?? false,
  scheduled: state.ScheduledScalingSuspended ?? false,
})

const readSchedule = (action: ScheduledAction): ScheduledBounds => ({
  name: action.ScheduledActionName ?? '',
  expression: action.Schedule ?? '',
  timezone: action.Timezone ?? 'UTC',
  ...(action.ScalableTargetAction?.MinCapacity !== undefined && { min: action.ScalableTargetAction.MinCapacity }),
  ...(action.ScalableTargetAction?.MaxCapacity !== undefined && { max: action.ScalableTargetAction.MaxCapacity }),
  ...(action.StartTime !== undefined && { starts: action.StartTime.toISOString() }),
  ...(action.EndTime !== undefined && { ends: action.EndTime.toISOString() }),
})

const readActivity = (activity: AwsActivity): ScalingActivity => ({
  at: activity.StartTime?.toISOString() ?? '',
  description: activity.Description ?? '',
  cause: activity.Cause ?? '',
  status: activity.StatusCode ?? '',
  notScaled: (activity.NotScaledReasons ?? []).map(({ Code = '' }) => Code),
})

/** Sends an Application Auto Scaling call of a plan unchanged. */
export const sendAutoscaling = (client: ApplicationAutoScalingClient, { input }: AutoscalingCall) =>
  client.send(new RegisterScalableTargetCommand(input as unknown as RegisterScalableTargetCommandInput))
