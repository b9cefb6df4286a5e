// Loads what one service costs and what is known to make it cheaper: the advice, where its tasks run, and its autoscaling. A
// part that cannot be read is listed, and the rest is still shown.

import type { Asker } from '../../engine/rules/asker.ts'
import { isProduction } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import { inBatches } from '../../model/batches.ts'
import type { Autoscaling, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { RunningTask } from '../../model/service-detail.ts'
import type { CapacityReads, ServiceCapacity } from '../capacity/reads.ts'
import { type Split, splitOf, tasksIn } from '../capacity/strategy.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import { loadUse, USE_READS, type Use } from './apply/use.ts'
import { splitOfService } from './estimate-findings.ts'
import { isStandby } from './findings.ts'
import type { Advice, CostReads, IdleAdvice, SizeAdvice } from './reads.ts'
import { type Snooze, snoozeKey } from './snooze.ts'

/** Whether an image has a variant for arm64; undefined if it does not say so, and if it was not read. */
export type ArmImage = { readonly container: string; readonly hasArm?: boolean }

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
  /** What used an idle service; undefined if it was not read or could not be read. */
  readonly use?: Use
  /** Whether another revision runs than the one that was analysed. */
  readonly isStale: boolean
  /** That a person put the finding off, also for two weeks after its end. */
  readonly snooze?: Snooze
  readonly autoscaling?: Autoscaling
  /** The images of the running tasks. */
  readonly images: readonly ArmImage[]
  readonly isProduction: boolean
  readonly unread: readonly string[]
  readonly now: string
}

type Reads = Pick<CostReads, 'adviceOn' | 'use'> &
  Pick<CapacityReads, 'capacity'> &
  Pick<StatusReads, 'runningTasks'> &
  Pick<ScalingReads, 'autoscaling'> &
  Pick<DeploymentReads, 'imageFacts'>

/** The IAM actions of `loadServiceCost`. */
export const SERVICE_COST_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeClusters',
  'ecs:DescribeCapacityProviders',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
  ...USE_READS,
  'compute-optimizer:GetEnrollmentStatus',
  'compute-optimizer:GetECSServiceRecommendations',
  'compute-optimizer:GetIdleRecommendations',
] as const

export const loadServiceCost = async (
  ref: ServiceRef,
  read: Reads,
  { config, facts, store }: Pick<Asker, 'config' | 'facts' | 'store'>,
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
  const isArm = service.fit.architecture === 'ARM64'
  const images = isArm ? [] : await readImages(running?.tasks ?? [], read, orElse)
  const found = service.detail.service
  const isWhole = running !== undefined && !running.isPartial
  const given = advice?.kind === 'advice' ? advice : undefined
  const size = given?.sizes.find(({ arn }) => arn === ref.arn)
  const idle = given?.idle.find(({ arn }) => arn === ref.arn)
  const use =
    idle === undefined || isStandby(found.tags)
      ? undefined
      : await orElse(loadUse(service.detail, autoscaling, read, facts.now))
  const snooze = size === undefined && idle === undefined ? undefined : await store.get<Snooze>(snoozeKey(ref.arn))
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
    images,
    ...(advice !== undefined && { advice }),
    ...(size !== undefined && { size }),
    ...(idle !== undefined && { idle }),
    ...(use !== undefined && { use }),
    ...(snooze !== undefined && { snooze: snooze.value }),
    ...(autoscaling !== undefined && { autoscaling }),
  }
}

/** Further images count as not read. */
const MOST_IMAGES = 5

const ARM_PLATFORM = 'linux/arm64'

/** The image without its tag and digest. */
const repositoryOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[\w.-]+$/, '')

const readImages = async (
  tasks: readonly RunningTask[],
  read: Pick<DeploymentReads, 'imageFacts'>,
  orElse: <T>(reading: Promise<T>) => Promise<T | undefined>,
): Promise<readonly ArmImage[]> => {
  const containers = tasks.flatMap(task => task.containers)
  const images = [...new Map(containers.map(one => [`${one.name} ${one.digest ?? one.image}`, one])).values()]
  const known = await inBatches(images.slice(0, MOST_IMAGES), async ({ name: container, image, digest }) => {
    const found = digest === undefined ? undefined : await orElse(read.imageFacts(`${repositoryOf(image)}@${digest}`))
    const platforms = found === undefined || found === 'missing' ? undefined : found.platforms
    return platforms === undefined ? { container } : { container, hasArm: platforms.includes(ARM_PLATFORM) }
  })
  return [...known, ...images.slice(MOST_IMAGES).map(({ name: container }) => ({ container }))]
}
