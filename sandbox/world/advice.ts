// The data of AWS Compute Optimizer about services: the peaks of their utilization, and the findings from these peaks.
// Rules: Compute Optimizer user guide, requirements of ECS services on Fargate, and idle resources.

import type { Autoscaling } from './autoscaling/autoscaling.ts'
import { priceOfTask } from './fargate-prices.ts'
import type { Place } from './place.ts'
import { isRunning, type Service } from './state.ts'

/** The highest utilization in the look-back period, in percent of the CPU and memory that the task reserves. */
export type Peaks = { readonly cpu: number; readonly memory: number }
export type Size = { readonly cpu: number; readonly memory: number }
export type Enrolment = { readonly status: 'Active' | 'Inactive' | 'Pending' | 'Failed'; readonly reason?: string }

export type Advised = {
  readonly service: Service
  readonly peaks: Peaks
  readonly current: Size
  /** The dimensions that autoscaling tracks. No advice is given for these dimensions. */
  readonly tracks: readonly ('cpu' | 'memory')[]
  readonly better?: Size
  /** The cost in USD per month. */
  readonly cost: number
  readonly costAfter: number
}

/** Fargate's sizes: CPU units and MiB. Source: ECS developer guide, task CPU and memory. */
const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => (from + at * step) * 1_024)
const MEMORIES: readonly (readonly [cpu: number, memories: readonly number[]])[] = [
  [256, [512, 1_024, 2_048]],
  [512, range(1, 4, 1)],
  [1_024, range(2, 8, 1)],
  [2_048, range(4, 16, 1)],
  [4_096, range(8, 30, 1)],
  [8_192, range(16, 60, 4)],
  [16_384, range(32, 120, 8)],
]

/** The maximum utilization at a recommended size, in percent. */
const ROOM = 70
/** A task whose peak is above this percentage is too small. */
export const CROWDED = 90
const HOURS_A_MONTH = 730
const DAY_MS = 86_400_000
/** A service whose peaks are below this percentage is idle (Compute Optimizer). */
export const IDLE_PEAK = 1

const hashOf = (text: string): number => {
  let hash = 2_166_136_261
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619)
  return hash >>> 0
}

/** The peaks of a service without a simulated load. They are derived from its name. */
const peaksByName = (name: string): Peaks => {
  const hash = hashOf(name)
  const within = (low: number, high: number, at: number): number => low + ((hash >>> at) % (high - low))
  switch (hash % 20) {
    case 0:
      return { cpu: 0.4, memory: 0.7 }
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return { cpu: within(8, 28, 8), memory: within(10, 30, 12) }
    case 7:
    case 8:
      return { cpu: within(60, 75, 8), memory: within(12, 24, 12) }
    case 9:
      return { cpu: 97, memory: 61 }
    default:
      return { cpu: within(55, 78, 8), memory: within(52, 78, 12) }
  }
}

/** The utilization of the busiest task relative to the average. CloudWatch in the sandbox uses the same factor. */
const BUSIEST = 1.15

const sizeOf = ({ deployments: [primary] }: Service): Size | undefined => {
  const { cpu, memory } = primary?.revision.spec.taskDefinition.input ?? {}
  return cpu === undefined || memory === undefined ? undefined : { cpu: Number(cpu), memory: Number(memory) }
}

const isOnFargate = ({ deployments: [primary] }: Service): boolean => {
  const { launchType, capacityProviderStrategy = [] } = primary?.revision.spec ?? {}
  return launchType === 'FARGATE' || capacityProviderStrategy.some(one => one.capacityProvider?.startsWith('FARGATE'))
}

/** The smallest Fargate size with at least the needed CPU and memory; undefined if there is none. */
const smallest = (needed: Size): Size | undefined => {
  for (const [cpu, memories] of MEMORIES) {
    const memory = cpu < needed.cpu ? undefined : memories.find(one => one >= needed.memory)
    if (memory !== undefined) return { cpu, memory }
  }
  return undefined
}

const betterSize = (current: Size, peaks: Peaks, tracks: Advised['tracks']): Size | undefined => {
  const neededOf = (what: 'cpu' | 'memory'): number =>
    tracks.includes(what) ? current[what] : (current[what] * peaks[what]) / ROOM
  const isCrowded = (what: 'cpu' | 'memory'): boolean => !tracks.includes(what) && peaks[what] > CROWDED
  const found = smallest({ cpu: neededOf('cpu'), memory: neededOf('memory') })
  if (found === undefined || (found.cpu === current.cpu && found.memory === current.memory)) return undefined
  const isLess = found.cpu < current.cpu || found.memory < current.memory
  return isLess || isCrowded('cpu') || isCrowded('memory') ? found : undefined
}

const costOf = (service: Service, size: Size): number => {
  const { cluster, tasks } = service
  const input = service.deployments[0]?.revision.spec.taskDefinition.input
  const isArm = input?.runtimePlatform?.cpuArchitecture === 'ARM64'
  let usd = 0
  for (const task of tasks)
    if (isRunning(task))
      usd += priceOfTask(cluster.region, { ...size, isArm, isSpot: task.capacityProvider === 'FARGATE_SPOT' })
  return usd * HOURS_A_MONTH
}

type Metrics = Pick<Autoscaling, 'utilizationOf' | 'targetOf' | 'now'>

const tracksOf = (service: Service, { targetOf }: Metrics): Advised['tracks'] | 'steps' => {
  const policies = [...(targetOf(service)?.policies.values() ?? [])]
  if (policies.some(({ strategy }) => strategy.type === 'StepScaling')) return 'steps'
  const names = policies.flatMap(({ strategy }) =>
    strategy.type === 'TargetTrackingScaling'
      ? (strategy.input.PredefinedMetricSpecification?.PredefinedMetricType ?? [])
      : [],
  )
  return (['cpu', 'memory'] as const).filter(what => names.some(name => name.toLowerCase().includes(what)))
}

export type Advice = ReturnType<typeof createAdvice>

/** `optedOut`: the ids of the accounts whose enrollment is Inactive at the start. */
export const createAdvice = (metrics: Metrics, optedOut: readonly string[]) => {
  const enrolments = new Map<string, Enrolment>(optedOut.map(account => [account, { status: 'Inactive' }]))
  const peaks = new Map<string, Peaks>()
  const analysed = new Map<string, string>()
  const currencies = new Map<string, 'USD' | 'CNY'>()

  const peaksOf = (service: Service): Peaks => {
    const set = peaks.get(service.arn)
    if (set !== undefined) return set
    const [cpu, memory] = [metrics.utilizationOf(service, 'cpu'), metrics.utilizationOf(service, 'memory')]
    if (cpu === undefined || memory === undefined) return peaksByName(service.name)
    return { cpu: Math.min(100, cpu * BUSIEST), memory: Math.min(100, memory * BUSIEST) }
  }

  /**
   * Returns the advice for a service. Returns undefined unless the service is on Fargate, has running tasks and 24 hours of
   * metrics, has no step scaling, and does not track both CPU and memory.
   */
  const adviseOn = (service: Service): Advised | undefined => {
    const current = sizeOf(service)
    const tracks = tracksOf(service, metrics)
    if (current === undefined || !isOnFargate(service) || tracks === 'steps' || tracks.length === 2) return undefined
    if (metrics.now() - service.createdAt < DAY_MS || ![...service.tasks].some(isRunning)) return undefined
    const seen = peaksOf(service)
    const better = betterSize(current, seen, tracks)
    const cost = costOf(service, current)
    return {
      ...{ service, peaks: seen, current, tracks, cost },
      costAfter: better === undefined ? cost : costOf(service, better),
      ...(better !== undefined && { better }),
    }
  }

  return {
    now: metrics.now,
    enrolmentOf: (account: string): Enrolment => enrolments.get(account) ?? { status: 'Active' },
    enrol: (account: string, enrolment: Enrolment): void => void enrolments.set(account, enrolment),
    currencyOf: ({ account }: Pick<Place, 'account'>): 'USD' | 'CNY' => currencies.get(account) ?? 'USD',
    setCurrency: (account: string, currency: 'USD' | 'CNY'): void => void currencies.set(account, currency),
    /** The ARN of the task definition that was analyzed, which can differ from the one that runs. */
    analysedOf: ({ arn, deployments: [primary] }: Service): string | undefined =>
      analysed.get(arn) ?? primary?.revision.spec.taskDefinition.arn,
    setAnalysed: (service: Service, definition: string): void => void analysed.set(service.arn, definition),
    setPeaks: (service: Service, seen: Peaks): void => void peaks.set(service.arn, seen),
    adviseOn,
    /** The peaks and cost of an idle service: its tasks run, and their peaks are below one percent. Undefined if not idle. */
    idleCostOf: (service: Service): { readonly peaks: Peaks; readonly cost: number } | undefined => {
      const current = sizeOf(service)
      if (current === undefined || !isOnFargate(service) || ![...service.tasks].some(isRunning)) return undefined
      const seen = peaksOf(service)
      if (seen.cpu >= IDLE_PEAK || seen.memory >= IDLE_PEAK) return undefined
      return { peaks: seen, cost: costOf(service, current) }
    },
  }
}
