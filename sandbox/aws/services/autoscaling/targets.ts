// The operations that register, update, describe and deregister scalable targets.

import type {
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Target } from '../../../world/autoscaling/state.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { invalid, limitExceeded, targetNotFound } from './errors.ts'
import { expectTarget, placeOf, resourceOf, targetsIn } from './find.ts'
import { pageOf } from './page.ts'
import { viewTarget } from './views.ts'

/** The maximum number of scalable ECS targets in a region. */
const MOST = 3_000

const checkBounds = (input: RegisterScalableTargetRequest, before: Target | undefined): void => {
  const min = input.MinCapacity ?? before?.min
  const max = input.MaxCapacity ?? before?.max
  if (min === undefined) throw invalid('Minimum capacity must be specified')
  if (max === undefined) throw invalid('Maximum capacity must be specified')
  if (min < 0) throw invalid('Minimum capacity cannot be less than 0')
  if (max < min) throw invalid('Maximum capacity cannot be less than minimum capacity')
}

const checkNew = (autoscaling: Autoscaling, input: RegisterScalableTargetRequest, call: Call): void => {
  const place = placeOf(call)
  const others = targetsIn(autoscaling, { ServiceNamespace: 'ecs' }, call)
  // AWS limits the number of scalable targets in a region; the text of its error is a guess.
  if (others.length >= MOST) throw limitExceeded(`Cannot exceed ${MOST} scalable targets for service namespace ecs`)
  const service = autoscaling.serviceAt(place, input.ResourceId ?? '')
  if (service?.status !== 'ACTIVE') throw invalid(`ECS service doesn't exist: ${input.ResourceId}`)
  // AWS refuses a service without a desired count; the text of its error is a guess.
  if (service.schedulingStrategy === 'DAEMON')
    throw invalid('The daemon scheduling strategy does not support a desired count for services.')
}

/** RegisterScalableTarget. Any update of an existing target moves the desired count into the bounds. */
const register = (autoscaling: Autoscaling, input: RegisterScalableTargetRequest, call: Call) => {
  const resourceId = resourceOf(input)
  const before = autoscaling.targetAt(placeOf(call), resourceId)
  checkBounds(input, before)
  if (before && input.Tags)
    throw invalid(
      'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
    )
  if (!before) checkNew(autoscaling, input, call)
  const target = autoscaling.register(placeOf(call), resourceId, {
    min: input.MinCapacity,
    max: input.MaxCapacity,
    suspended: input.SuspendedState,
    tags: input.Tags,
  })
  return { ScalableTargetARN: target.arn }
}

const describe = (autoscaling: Autoscaling, input: DescribeScalableTargetsRequest, call: Call) => {
  const { page, ...next } = pageOf(
    targetsIn(autoscaling, { ...input, ResourceIds: input.ResourceIds }, call),
    'targets',
    input,
  )
  return { ScalableTargets: page.map(target => viewTarget(target, autoscaling.predictedFor(target))), ...next }
}

export const targetOperations = (autoscaling: Autoscaling) =>
  ({
    RegisterScalableTarget: (input: RegisterScalableTargetRequest, call) => register(autoscaling, input, call),
    DeregisterScalableTarget: (input: DeregisterScalableTargetRequest, call) => {
      autoscaling.deregister(expectTarget(autoscaling, input, call, targetNotFound))
      return {}
    },
    DescribeScalableTargets: (input: DescribeScalableTargetsRequest, call) => describe(autoscaling, input, call),
  }) satisfies Record<string, Operation>
