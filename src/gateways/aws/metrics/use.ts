// Counts the use of a service in two weeks: requests and flows of its load balancers, Service Connect requests, queue messages.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { type Entrances, USE_DAYS, type UseCount } from '../../../features/cost/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { createLoadBalancingAsk } from '../load-balancing.ts'
import { askAws } from '../translate.ts'
import { readMembers, readXml } from '../xml.ts'
import { lastMinutes, type MetricRequest, readMetrics } from './metric-data.ts'

/** The maximum numbers of target groups (ECS service quotas), of discovery names and of queues that are read. */
const MOST_GROUPS = 5
const MOST_NAMES = 10
const DAY_SECONDS = 86_400

type Measured = Omit<UseCount, 'total'> & Pick<MetricRequest, 'namespace' | 'metric' | 'dimensions'>

/**
 * Creates the reader. A metric without data counts as no use, because load balancers report only counts that are not zero.
 * Sources: Elastic Load Balancing user guides, CloudWatch metrics (a Network Load Balancer counts no flows by target group); ECS
 * developer guide, Service Connect metrics; SQS developer guide, CloudWatch metrics.
 */
export const createUseReader = (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['use'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  const ask = createLoadBalancingAsk(config, sessions, env)
  return async (ref, entrances, now) => {
    const groups = entrances.groups.slice(0, MOST_GROUPS)
    const named = groups.map((group, at) => [`TargetGroupArns.member.${at + 1}`, group])
    const balancers =
      groups.length === 0 ? [] : readBalancers(await ask(ref, 'DescribeTargetGroups', Object.fromEntries(named)))
    const measured = [...balancers.map(ofBalancer), ...ofConnect(ref, entrances), ...ofQueues(entrances)]
    if (measured.length === 0) return []
    return askAws(`reading the use of ${ref.service}`, async () => {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const samplesOf = await readMetrics(client, measured.map(requestOf), lastMinutes(USE_DAYS * 1_440, now))
      return measured.map(({ what, from }, at) => ({
        ...{ what, from },
        total: samplesOf(idOf(at)).reduce((sum, { value }) => sum + value, 0),
      }))
    })
  }
}

const idOf = (at: number): string => `use${at}`

const requestOf = ({ namespace, metric, dimensions }: Measured, at: number): MetricRequest => ({
  ...{ id: idOf(at), namespace, metric, dimensions, statistic: 'Sum', period: DAY_SECONDS },
})

/** A load balancer, such as `app/orders/50dc6c495c0c9188`, and its group, such as `targetgroup/orders/6d0ecf831eec9f09`. */
type Balancer = { readonly balancer: string; readonly group: string }

const readBalancers = (xml: string): readonly Balancer[] =>
  readMembers(xml, 'TargetGroups').flatMap(member => {
    const [, group] = /:(targetgroup\/[\w-]+\/\w+)$/.exec(readXml(member, 'TargetGroupArn')) ?? []
    const found = [...member.matchAll(/:loadbalancer\/((?:app|net)\/[\w-]+\/\w+)</g)]
    return group === undefined ? [] : found.map(([, balancer = '']) => ({ balancer, group }))
  })

const ofBalancer = ({ balancer: LoadBalancer, group: TargetGroup }: Balancer): Measured =>
  LoadBalancer.startsWith('net/')
    ? {
        ...{ what: 'flows', from: LoadBalancer.split('/')[1] ?? '', namespace: 'AWS/NetworkELB' },
        ...{ metric: 'NewFlowCount', dimensions: { LoadBalancer } },
      }
    : {
        ...{ what: 'requests', from: TargetGroup.split('/')[1] ?? '', namespace: 'AWS/ApplicationELB' },
        ...{ metric: 'RequestCount', dimensions: { LoadBalancer, TargetGroup } },
      }

const ofConnect = ({ cluster, service }: ServiceRef, { names }: Entrances): readonly Measured[] =>
  names.slice(0, MOST_NAMES).flatMap(from =>
    (
      [
        ['requests', 'RequestCount'],
        ['connections', 'NewConnectionCount'],
      ] as const
    ).map(([what, metric]) => ({
      ...{ what, from, namespace: 'AWS/ECS', metric },
      dimensions: { DiscoveryName: from, ServiceName: service, ClusterName: cluster },
    })),
  )

const ofQueues = ({ queues }: Entrances): readonly Measured[] =>
  queues.slice(0, MOST_NAMES).flatMap(from =>
    ['NumberOfMessagesSent', 'NumberOfMessagesReceived'].map(metric => ({
      ...{ what: 'messages' as const, from, namespace: 'AWS/SQS', metric, dimensions: { QueueName: from } },
    })),
  )
