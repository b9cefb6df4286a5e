// Loads what one service costs and what is known to make it cheaper: the advice, where its tasks run, and its autoscaling. A
// part that cannot be read is listed, and the rest is still shown.

import type { Asker } from '../../engine/rules/asker.ts'
import { isProduction } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { Autoscaling, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CapacityReads, ServiceCapacity } from '../capacity/reads.ts'
import { type Split, splitOf, tasksIn } from '../capacity/strategy.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import { splitOfService } from './estimate-findings.ts'
import type { Advice, CostReads, IdleAdvice, SizeAdvice } from './reads.ts'

export type ServiceCost = {
  readonly kind: 'service'
  readonly service: ServiceCapacity
  /** Where the running tasks are. `isPartial`: by the strategy, because not all tasks were read. */
  readonly split: Split
  readonly isPartial: boolean
  /** Undefined if it was not read or could not be read. */
  readonly advice?: Advice
  readonly size?: SizeAdvice
  readonly idle?: IdleAdvice
  /** Whether another revision runs than the one that was analysed. */
  readonly isStale: boolean
  readonly autoscaling?: Autoscaling
  readonly isProduction: boolean
  readonly unread: readonly string[]
  readonly now: string
}

type Reads = CostReads &
  Pick<CapacityReads, 'capacity'> &
  Pick<StatusReads, 'runningTasks'> &
  Pick<ScalingReads, 'autoscaling'>

/** The IAM actions of `loadServiceCost`. */
export const SERVICE_COST_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeClusters',
  'ecs:DescribeCapacityProviders',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  'compute-optimizer:GetEnrollmentStatus',
  'compute-optimizer:GetECSServiceRecommendations',
  'compute-optimizer:GetIdleRecommendations',
] as const

export const loadServiceCost = async (
  ref: ServiceRef,
  read: Reads,
  { config, facts }: Pick<Asker, 'config' | 'facts'>,
): Promise<ServiceCost | Refusal> => {
  const service = await read.capacity(ref)
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const unread: string[] = []
  const orElse = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return undefined
    }
  }
  const [advice, running, autoscaling] = await Promise.all([
    orElse(read.adviceOn(ref)),
    orElse(read.runningTasks(ref)),
    orElse(read.autoscaling(ref)),
  ])
  const found = service.detail.service
  const isWhole = running !== undefined && !running.isPartial
  const given = advice?.kind === 'advice' ? advice : undefined
  const size = given?.sizes.find(({ arn }) => arn === ref.arn)
  const idle = given?.idle.find(({ arn }) => arn === ref.arn)
  const split = isWhole ? splitOf(running.tasks) : splitOfService(found)
  return {
    kind: 'service',
    service,
    split,
    isPartial: !isWhole && tasksIn(split) > 0,
    isStale: size !== undefined && size.definition !== found.taskDefinition,
    isProduction: isProduction(accountOf(config, ref)),
    unread: [...unread, ...(given?.problems ?? []).map(({ text }) => text)],
    now: facts.now,
    ...(advice !== undefined && { advice }),
    ...(size !== undefined && { size }),
    ...(idle !== undefined && { idle }),
    ...(autoscaling !== undefined && { autoscaling }),
  }
}
