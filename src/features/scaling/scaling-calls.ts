// The AWS calls that change a service's size, as data.

import type { Call } from '../../engine/change/plan.ts'
import type { Bounds, ServiceRef, Suspensions } from '../../model/ecs.ts'

export const setCount = (ref: ServiceRef, desiredCount: number): Call => ({
  service: 'ecs',
  action: 'UpdateService',
  input: { cluster: ref.cluster, service: ref.arn, desiredCount },
  resources: [ref.arn],
  repeatable: true,
})

/** The RegisterScalableTarget call. It moves the count into the bounds at once, even if only the suspension changes. */
const register = ({ cluster, service }: ServiceRef, arn: string, more: Call['input']): Call => ({
  service: 'application-autoscaling',
  action: 'RegisterScalableTarget',
  input: {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
    ...more,
  },
  resources: [arn],
  repeatable: true,
})

export const setBounds = (ref: ServiceRef, targetArn: string, { min, max }: Bounds): Call =>
  register(ref, targetArn, { MinCapacity: min, MaxCapacity: max })

export const setSuspensions = (ref: ServiceRef, targetArn: string, suspended: Suspensions): Call =>
  register(ref, targetArn, {
    SuspendedState: {
      DynamicScalingInSuspended: suspended.in,
      DynamicScalingOutSuspended: suspended.out,
      ScheduledScalingSuspended: suspended.scheduled,
    },
  })

/** The call that sets the bounds of a service in Express Mode, which has its own bounds. */
export const setExpressBounds = (ref: ServiceRef, { min, max }: Bounds): Call => ({
  service: 'ecs',
  action: 'UpdateExpressGatewayService',
  input: { serviceArn: ref.arn, scalingTarget: { minTaskCount: min, maxTaskCount: max } },
  resources: [ref.arn],
  repeatable: true,
})
