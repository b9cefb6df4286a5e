// AWS Service Quotas: the number of Fargate vCPUs that may run at once in an account and region.

import type {
  GetAWSDefaultServiceQuotaRequest,
  GetServiceQuotaRequest,
  ListServiceQuotasRequest,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas'
import * as client from '@aws-sdk/client-service-quotas'
import type { Place } from '../../world/place.ts'
import { DEFAULT_VCPUS, type Purchase, type Quotas } from '../../world/quotas.ts'
import rules from '../wire/constraints/service-quotas.json' with { type: 'json' }
import { modelError } from '../wire/constraints.ts'
import { awsJson } from '../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../wire/service.ts'

const protocol = awsJson({
  version: '1.1',
  target: 'ServiceQuotasV20190624',
  client,
  rules,
  refuse: modelError('ValidationException'),
})

type Quota = { readonly code: string; readonly name: string; readonly purchase: Purchase }

/** The quotas. Source of codes and names: AmazonECS/latest/developerguide/service-quotas, AWS Fargate. */
const known: readonly Quota[] = [
  { code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count', purchase: 'on-demand' },
  { code: 'L-36FBB829', name: 'Fargate Spot vCPU resource count', purchase: 'spot' },
]

const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

const arnOf = ({ account, region }: Place, service: string, code: string) =>
  `arn:aws:servicequotas:${region}:${account}:${service}/${code}`

const view = (place: Place, { code, name, purchase }: Quota, value: number): ServiceQuota => ({
  ServiceCode: 'fargate',
  ServiceName: 'AWS Fargate',
  QuotaArn: arnOf(place, 'fargate', code),
  QuotaCode: code,
  QuotaName: name,
  Value: value,
  Unit: 'None',
  Adjustable: true,
  GlobalQuota: false,
  UsageMetric: {
    MetricNamespace: 'AWS/Usage',
    MetricName: 'ResourceCount',
    MetricDimensions: {
      Class: purchase === 'spot' ? 'Standard/Spot' : 'Standard/OnDemand',
      Resource: 'vCPU',
      Service: 'Fargate',
      Type: 'Resource',
    },
    MetricStatisticRecommendation: 'Maximum',
  },
  QuotaAppliedAtLevel: 'ACCOUNT',
})

const noSuch = (what: string) =>
  new AwsError('NoSuchResourceException', `The request failed because the specified ${what} does not exist.`)

const checkService = (code: string | undefined) => {
  if (code !== 'fargate') throw noSuch('service')
}

const expectKnown = ({ ServiceCode, QuotaCode }: GetServiceQuotaRequest): Quota => {
  checkService(ServiceCode)
  const found = known.find(({ code }) => code === QuotaCode)
  if (!found) throw noSuch('quota')
  return found
}

const applied = (quotas: Quotas, call: Call, quota: Quota) =>
  view(placeOf(call), quota, quotas.vcpus(placeOf(call), quota.purchase))

const list = (quotas: Quotas, { ServiceCode, QuotaCode }: ListServiceQuotasRequest, call: Call) => {
  checkService(ServiceCode)
  const chosen = known.filter(({ code }) => (QuotaCode ?? code) === code)
  return { Quotas: chosen.map(quota => applied(quotas, call, quota)) }
}

export const createServiceQuotas = (quotas: Quotas): AwsService => ({
  name: 'servicequotas',
  protocol,
  operations: {
    GetServiceQuota: (input: GetServiceQuotaRequest, call) => ({ Quota: applied(quotas, call, expectKnown(input)) }),
    GetAWSDefaultServiceQuota: (input: GetAWSDefaultServiceQuotaRequest, call) => ({
      Quota: view(placeOf(call), expectKnown(input), DEFAULT_VCPUS),
    }),
    ListServiceQuotas: (input: ListServiceQuotasRequest, call) => list(quotas, input, call),
  },
  resources: call => {
    const { ServiceCode = '', QuotaCode } = call.input as { readonly ServiceCode?: string; readonly QuotaCode?: string }
    if (call.action !== 'GetServiceQuota' || QuotaCode === undefined) return []
    return [{ arn: arnOf(placeOf(call), ServiceCode, QuotaCode), context: { 'servicequotas:service': ServiceCode } }]
  },
})
