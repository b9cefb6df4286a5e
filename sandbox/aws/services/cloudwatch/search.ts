// Search expressions of CloudWatch, for two metrics: the number of requests of a target group, and the bytes that Service
// Connect clients send. Source: CloudWatch user guide, search expression syntax.

import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import { runningOf } from '../../../world/autoscaling/meters.ts'
import type { Place } from '../../../world/place.ts'
import type { Service } from '../../../world/state.ts'
import { AwsError } from '../../wire/service.ts'

/** A metric that a search finds. `sumOf`: returns the sum of a minute; its argument is the requests per task. */
type Found = { readonly label: string; readonly service: Service; readonly sumOf: (each: number) => number }

const EXPRESSION = /^SEARCH\('\{([^}]+)\} ([^']*)', 'Sum', 60\)$/
const TERM = /(\w+)="([^"]*)"/g

/** For each metric, a function that finds its services by the value of a dimension in the search. */
const METRICS: Readonly<
  Record<string, (autoscaling: Autoscaling, terms: Readonly<Record<string, string>>, place: Place) => readonly Found[]>
> = {
  'AWS/ApplicationELB,LoadBalancer,TargetGroup RequestCount': (autoscaling, { TargetGroup = '' }, place) =>
    autoscaling
      .servicesIn(place)
      .filter(service => specOf(service)?.loadBalancers.some(one => one.targetGroupArn?.endsWith(`:${TargetGroup}`)))
      .map(service => ({ label: TargetGroup, service, sumOf: each => Math.round(each * runningOf(service)) })),
  'AWS/ECS,ClusterName,ServiceName,TargetDiscoveryName TargetProcessedBytes': (
    autoscaling,
    { TargetDiscoveryName = '' },
    place,
  ) => {
    const services = autoscaling.servicesIn(place)
    const target = services.find(service =>
      specOf(service)?.serviceConnect?.services?.some(({ discoveryName }) => discoveryName === TargetDiscoveryName),
    )
    const namespace = target && specOf(target)?.serviceConnect?.namespace
    return services
      .filter(service => service !== target && namespace !== undefined)
      .filter(service => specOf(service)?.serviceConnect?.namespace === namespace)
      .map(service => ({
        label: `${service.cluster.name}/${service.name}`,
        service,
        sumOf: each => Math.round(each * BYTES * runningOf(service)),
      }))
  },
}

/** The number of bytes that a client of Service Connect sends for each request that this client receives. */
const BYTES = 1_500

const specOf = ({ deployments: [primary] }: Service) => primary?.revision.spec

export const searched = (
  autoscaling: Autoscaling,
  { Expression = '', Label }: MetricDataQuery,
  place: Place,
): readonly Found[] => {
  const [, schema = '', text = ''] = EXPRESSION.exec(Expression) ?? []
  const terms = Object.fromEntries([...text.matchAll(TERM)].map(([, name = '', value = '']) => [name, value]))
  const find = METRICS[`${schema} ${terms['MetricName']}`]
  if (!find) throw new AwsError('ValidationError', `The sandbox does not know the expression ${Expression}`)
  const found = find(autoscaling, terms, place)
  return Label === undefined ? found : found.map(one => ({ ...one, label: labelled(Label, one.service) }))
}

/** Returns a label after its dynamic parts are replaced with the dimensions of the service. */
const labelled = (label: string, { cluster, name }: Service): string =>
  label.replace(/\$\{PROP\('Dim\.(\w+)'\)\}/g, (_, dimension) => (dimension === 'ClusterName' ? cluster.name : name))
