// Vended logs: delivery sources, deliveries and destinations. Tests add them. Source: CloudWatch Logs API reference,
// DescribeDeliverySources, DescribeDeliveries, DescribeDeliveryDestinations.

import type { Place } from '../../../world/place.ts'
import type { Call } from '../../wire/service.ts'
import { placeOf } from './find.ts'

/** One delivery of a resource's logs. `to`: the ARN of a log group or bucket; if absent, no logs are delivered. */
export type Vended = Place & {
  readonly name: string
  readonly resource: string
  readonly logType: string
  readonly to?: string
}

const arnOf = ({ region, account }: Place, what: string): string => `arn:aws:logs:${region}:${account}:${what}`

const inPlace = (vended: readonly Vended[], call: Call): readonly Vended[] => {
  const { account, region } = placeOf(call)
  return vended.filter(one => one.account === account && one.region === region)
}

const destinationArn = (one: Vended): string => arnOf(one, `delivery-destination:${one.name}`)

const typeOf = (to: string): 'CWL' | 'S3' => (to.includes(':log-group:') ? 'CWL' : 'S3')

export const describeSources = (vended: readonly Vended[], call: Call) => ({
  deliverySources: inPlace(vended, call).map(one => ({
    name: one.name,
    arn: arnOf(one, `delivery-source:${one.name}`),
    resourceArns: [one.resource],
    service: 'ecs',
    logType: one.logType,
  })),
})

export const describeDeliveries = (vended: readonly Vended[], call: Call) => ({
  deliveries: inPlace(vended, call).flatMap(one =>
    one.to === undefined
      ? []
      : [
          {
            id: one.name,
            arn: arnOf(one, `delivery:${one.name}`),
            deliverySourceName: one.name,
            deliveryDestinationArn: destinationArn(one),
            deliveryDestinationType: typeOf(one.to),
          },
        ],
  ),
})

export const describeDestinations = (vended: readonly Vended[], call: Call) => ({
  deliveryDestinations: inPlace(vended, call).flatMap(one =>
    one.to === undefined
      ? []
      : [
          {
            name: one.name,
            arn: destinationArn(one),
            deliveryDestinationType: typeOf(one.to),
            deliveryDestinationConfiguration: { destinationResourceArn: one.to },
          },
        ],
  ),
})
