// The token buckets of ECS, CloudWatch Logs and CloudTrail by account and region. Tokens are refilled in world time.
// Sources: AmazonECS/latest/APIReference/request-throttling; AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl; CloudTrail
// API reference, LookupEvents.

import type { Clock } from '../../world/clock.ts'

export type Bucket = {
  readonly burst: number /** `rate`: tokens per second. */
  readonly rate: number
  readonly actions: readonly string[]
  /** The regions in which the limits differ. The number for a region is both its rate and its burst. */
  readonly elsewhere?: Readonly<Record<string, number>>
}

const ecsBuckets: readonly Bucket[] = [
  { burst: 20, rate: 1, actions: ['CreateCluster', 'DeleteCluster', 'UpdateCluster', 'PutClusterCapacityProviders'] },
  { burst: 50, rate: 20, actions: ['DescribeClusters', 'ListClusters'] },
  { burst: 20, rate: 1, actions: ['RegisterTaskDefinition', 'DeregisterTaskDefinition', 'DeleteTaskDefinitions'] },
  { burst: 50, rate: 20, actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'] },
  { burst: 10, rate: 1, actions: ['CreateCapacityProvider', 'UpdateCapacityProvider', 'DeleteCapacityProvider'] },
  { burst: 50, rate: 20, actions: ['DescribeCapacityProviders'] },
  { burst: 20, rate: 10, actions: ['TagResource', 'UntagResource'] },
  { burst: 50, rate: 20, actions: ['ListTagsForResource'] },
  { burst: 100, rate: 40, actions: ['ExecuteCommand', 'RunTask', 'StartTask', 'StopTask'] },
  {
    burst: 100,
    rate: 20,
    actions: ['DescribeTasks', 'ListTasks', 'ListContainerInstances', 'DescribeContainerInstances'],
  },
  { burst: 50, rate: 5, actions: ['CreateService', 'UpdateService', 'DeleteService'] },
  { burst: 100, rate: 20, actions: ['DescribeServices', 'ListServices'] },
  {
    burst: 50,
    rate: 20,
    actions: [
      'ListServiceDeployments',
      'DescribeServiceDeployments',
      'StopServiceDeployment',
      'ContinueServiceDeployment',
    ],
  },
  { burst: 50, rate: 20, actions: ['DescribeServiceRevisions'] },
  { burst: 200, rate: 80, actions: ['GetTaskProtection', 'UpdateTaskProtection'] },
  { burst: 10, rate: 1, actions: ['ListServicesByNamespace'] },
]

/** Returns the given rate, in transactions per second, for each of these regions. The burst is not documented. */
const few = (regions: readonly string[], rate: number): Readonly<Record<string, number>> =>
  Object.fromEntries(regions.map(region => [region, rate]))

const slow = few(['eu-central-1', 'ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'il-central-1'], 5)

const logsBuckets: readonly Bucket[] = [
  { burst: 10, rate: 10, actions: ['FilterLogEvents'], elsewhere: { 'us-east-1': 25, ...slow } },
  {
    burst: 25,
    rate: 25,
    actions: ['GetLogEvents'],
    elsewhere: { 'eu-west-3': 30, ...few(['eu-west-1', 'eu-central-1', 'us-west-2'], 10) },
  },
  { burst: 10, rate: 10, actions: ['DescribeLogGroups'] },
  { burst: 25, rate: 25, actions: ['DescribeLogStreams'] },
  { burst: 5, rate: 5, actions: ['StartLiveTail'] },
]

/** The token buckets of Compute Optimizer. AWS does not document these limits, so the numbers are our choice. */
const optimizerBuckets: readonly Bucket[] = [
  { burst: 20, rate: 5, actions: ['GetECSServiceRecommendations'] },
  { burst: 60, rate: 5, actions: ['GetIdleRecommendations'] },
  { burst: 20, rate: 5, actions: ['GetEnrollmentStatus'] },
]

const cloudtrailBuckets: readonly Bucket[] = [{ burst: 2, rate: 2, actions: ['LookupEvents'] }]

export type Throttle = ReturnType<typeof createThrottle>

type Level = { tokens: number; at: number }

const sizeIn = ({ burst, rate, elsewhere }: Bucket, region: string): Pick<Bucket, 'burst' | 'rate'> => {
  const other = elsewhere?.[region]
  return other === undefined ? { burst, rate } : { burst: other, rate: other }
}

/** Creates the throttle. `buckets`: keyed by service name. Calls without a bucket are never throttled. */
export const createThrottle = (
  clock: Clock,
  buckets: Readonly<Record<string, readonly Bucket[]>> = {
    ecs: ecsBuckets,
    logs: logsBuckets,
    cloudtrail: cloudtrailBuckets,
    'compute-optimizer': optimizerBuckets,
  },
) => {
  const levels = new Map<string, Level>()
  return {
    /** Takes a token. Returns false if no token is left; the call is then throttled. */
    take: (call: { service: string; action: string; region: string; account: string }): boolean => {
      const bucket = buckets[call.service]?.find(({ actions }) => actions.includes(call.action))
      if (!bucket) return true
      const key = `${call.account}/${call.region}/${call.service}/${bucket.actions[0]}`
      const now = clock.now()
      const { burst, rate } = sizeIn(bucket, call.region)
      const before = levels.get(key) ?? { tokens: burst, at: now }
      const tokens = Math.min(burst, before.tokens + ((now - before.at) / 1_000) * rate)
      levels.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
      return tokens >= 1
    },
    reset: (): void => levels.clear(),
  }
}
