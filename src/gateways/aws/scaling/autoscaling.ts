// Reads the Application Auto Scaling settings of ECS services, and sends calls to Application Auto Scaling.
import {
  ApplicationAutoScalingClient,
  type ScalingActivity as AwsActivity,
  type ScalableTarget as AwsTarget,
  type CapacityForecast,
  DeleteScalingPolicyCommand,
  type DeleteScalingPolicyCommandInput,
  DeleteScheduledActionCommand,
  type DeleteScheduledActionCommandInput,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  GetPredictiveScalingForecastCommand,
  type GetPredictiveScalingForecastCommandOutput,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
  paginateDescribeScalableTargets,
  paginateDescribeScalingPolicies,
  paginateDescribeScheduledActions,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type ScheduledAction,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling'
import type { Readers } from '../../../commands/readers.ts'
import type { AutoscalingCall } from '../../../engine/change/plan.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { SuspendedService } from '../../../features/digests/reads.ts'
import type { ScalingPast } from '../../../features/incidents/reads.ts'
import type { Span } from '../../../features/scaling/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type {
  Autoscaling,
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  ScheduledBounds,
  ServiceRef,
  Suspensions,
} from '../../../model/ecs.ts'
import type { Sample } from '../../../model/picture.ts'
import { iso } from '../ecs/tasks.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readPolicy } from './scaling-policies.ts'

/** The identifiers of an ECS service in Application Auto Scaling (its API reference). */
export const scalable = ({ cluster, service }: Pick<ServiceRef, 'cluster' | 'service'>) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId: `service/${cluster}/${service}`,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
})

type AutoscalingReader =
  | 'autoscaling'
  | 'scalableTarget'
  | 'scalingPolicies'
  | 'scheduledActions'
  | 'scalingActivities'
  | 'scalingPast'
  | 'forecast'
  | 'suspendedServices'

export const createAutoscalingReaders = (config: Config, sessions: Sessions): Pick<Readers, AutoscalingReader> => {
  const clientFor = sessions.each(settings => new ApplicationAutoScalingClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    suspendedServices: place =>
      askAws(`reading suspended autoscaling in ${place.account}, ${place.region}`, async () =>
        readSuspended(await clientFor(accountOf(config, place), place.region)),
      ),
    autoscaling: ref =>
      askAws(`reading the autoscaling of ${ref.service}`, async () => readAutoscaling(await clientOf(ref), ref)),
    scalableTarget: ref =>
      askAws(`reading the scalable target of ${ref.service}`, async () => readTargetOf(await clientOf(ref), ref)),
    scalingPolicies: ref =>
      askAws(`reading the scaling policies of ${ref.service}`, async () => readPolicies(await clientOf(ref), ref)),
    scheduledActions: ref =>
      askAws(`reading the scheduled actions of ${ref.service}`, async () => readSchedules(await clientOf(ref), ref)),
    forecast: (ref, policy, span) =>
      askAws(`reading the forecast of ${ref.service}`, async () => {
        const { LoadForecast: [load] = [], CapacityForecast: capacity } = await readForecast(
          await clientOf(ref),
          ref,
          policy,
          span,
        )
        return { load: samplesOf(load), capacity: samplesOf(capacity) }
      }),
    scalingActivities: ref =>
      askAws(`reading the scaling activities of ${ref.service}`, async () => {
        const { ScalingActivities = [] } = await (await clientOf(ref)).send(
          new DescribeScalingActivitiesCommand({ ...scalable(ref), IncludeNotScaledActivities: true, MaxResults: 10 }),
        )
        return ScalingActivities.map(readActivity)
      }),
    scalingPast: (ref, since) =>
      askAws(`reading the scaling activities of ${ref.service}`, async () => readPast(await clientOf(ref), ref, since)),
  }
}

/** The maximum number of pages. A page has at most 50 activities. */
const MOST_PAGES_OF_PAST = 10

/** Reads the activities since `since` (ISO 8601). `isPartial`: there are more pages than are read. */
const readPast = async (client: ApplicationAutoScalingClient, ref: ServiceRef, since: string): Promise<ScalingPast> => {
  const found: ScalingActivity[] = []
  let NextToken: string | undefined
  for (let page = 0; page < MOST_PAGES_OF_PAST; page += 1) {
    const answer = await client.send(
      new DescribeScalingActivitiesCommand({
        ...scalable(ref),
        IncludeNotScaledActivities: true,
        ...(NextToken !== undefined && { NextToken }),
      }),
    )
    found.push(...(answer.ScalingActivities ?? []).map(readActivity))
    NextToken = answer.NextToken
    const oldest = found.at(-1)
    if (NextToken === undefined || (oldest !== undefined && oldest.at < since))
      return { activities: found.filter(({ at }) => at >= since), isPartial: false }
  }
  return { activities: found.filter(({ at }) => at >= since), isPartial: true }
}

const readTargetOf = async (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
): Promise<ScalableTarget | undefined> => {
  const { ResourceId, ...kind } = scalable(ref)
  const { ScalableTargets: [target] = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ...kind, ResourceIds: [ResourceId] }),
  )
  return target && readTarget(target)
}

/** Reads all pages. AWS allows 50 policies, but a page may have as few as 10. */
const readPolicies = async (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
): Promise<readonly ScalingPolicy[]> => {
  const found: ScalingPolicy[] = []
  for await (const { ScalingPolicies = [] } of paginateDescribeScalingPolicies({ client }, scalable(ref)))
    found.push(...ScalingPolicies.map(readPolicy))
  return found
}

/** Reads all pages. AWS allows 200 scheduled actions, and a page has 50. */
const readSchedules = async (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
): Promise<readonly ScheduledBounds[]> => {
  const found: ScheduledBounds[] = []
  for await (const { ScheduledActions = [] } of paginateDescribeScheduledActions({ client }, scalable(ref)))
    found.push(...ScheduledActions.map(readSchedule))
  return found
}

const readAutoscaling = async (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
): Promise<Autoscaling | undefined> => {
  const target = await readTargetOf(client, ref)
  if (target === undefined) return undefined
  const [policies, schedules] = await Promise.all([readPolicies(client, ref), readSchedules(client, ref)])
  return { ...target, policies, schedules }
}

const readForecast = (
  client: ApplicationAutoScalingClient,
  ref: ServiceRef,
  policy: string,
  { from, until }: Span,
): Promise<GetPredictiveScalingForecastCommandOutput> =>
  client.send(
    new GetPredictiveScalingForecastCommand({
      ...scalable(ref),
      PolicyName: policy,
      StartTime: new Date(from),
      EndTime: new Date(until),
    }),
  )

const samplesOf = ({ Timestamps = [], Values = [] }: Partial<CapacityForecast> = {}): readonly Sample[] =>
  Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] ?? 0 }))

const readTarget = (target: AwsTarget): ScalableTarget => ({
  arn: target.ScalableTargetARN ?? '',
  createdAt: iso(target.CreationTime),
  min: target.MinCapacity ?? 0,
  max: target.MaxCapacity ?? 0,
  suspended: readSuspensions(target.SuspendedState),
  ...(target.PredictedCapacity !== undefined && { predicted: target.PredictedCapacity }),
})

/**
 * Reads all ECS services whose scaling is suspended. The request cannot filter by dimension, because that needs resource ids. A
 * page has 50 targets. Source: Application Auto Scaling API reference, DescribeScalableTargets.
 */
const readSuspended = async (client: ApplicationAutoScalingClient): Promise<readonly SuspendedService[]> => {
  const { ServiceNamespace, ScalableDimension: own } = scalable({ cluster: '', service: '' })
  const found: SuspendedService[] = []
  for await (const { ScalableTargets = [] } of paginateDescribeScalableTargets({ client }, { ServiceNamespace }))
    for (const { ResourceId = '', ScalableDimension, SuspendedState } of ScalableTargets) {
      if (ScalableDimension !== own) continue
      const suspended = readSuspensions(SuspendedState)
      const [, cluster = '', service = ''] = ResourceId.split('/')
      if (suspended.in || suspended.out || suspended.scheduled) found.push({ cluster, service, suspended })
    }
  return found
}

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
  at: iso(activity.StartTime),
  description: activity.Description ?? '',
  cause: activity.Cause ?? '',
  status: activity.StatusCode ?? '',
  ...(activity.StatusMessage !== undefined && { message: activity.StatusMessage }),
  notScaled: (activity.NotScaledReasons ?? []).map(({ Code = '' }) => Code),
})

/** Sends an Application Auto Scaling call of a plan unchanged. */
export const sendAutoscaling = (client: ApplicationAutoScalingClient, { action, input }: AutoscalingCall) => {
  switch (action) {
    case 'RegisterScalableTarget':
      return client.send(new RegisterScalableTargetCommand(input as unknown as RegisterScalableTargetCommandInput))
    case 'PutScheduledAction':
      return client.send(new PutScheduledActionCommand(input as unknown as PutScheduledActionCommandInput))
    case 'DeleteScheduledAction':
      return client.send(new DeleteScheduledActionCommand(input as unknown as DeleteScheduledActionCommandInput))
    case 'PutScalingPolicy':
      return client.send(new PutScalingPolicyCommand(input as unknown as PutScalingPolicyCommandInput))
    case 'DeleteScalingPolicy':
      return client.send(new DeleteScalingPolicyCommand(input as unknown as DeleteScalingPolicyCommandInput))
  }
}
