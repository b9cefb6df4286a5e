// The subnets and interface endpoints of the VPCs that tasks use: DescribeSubnets and DescribeVpcEndpoints. Source: EC2
// API reference. Each account and region has one VPC, with the subnets of the fleet's tasks.

import type { Place } from '../../../world/place.ts'
import { AwsError, type Call } from '../../wire/service.ts'

const SUBNETS = ['a', 'b', 'c'].map(zone => `subnet-0${zone}1b2c3d4e5f60718`)

const vpcOf = ({ account, region }: Place) => `vpc-0${account}${region.replace(/[^0-9a-f]/g, '')}`

export type Networks = ReturnType<typeof createNetworks>

/**
 * Creates the networks. `endpoints`: short names of the services that have an interface endpoint (`ecr.api`). At first
 * there are none, because tasks have a NAT gateway.
 */
export const createNetworks = () => ({ endpoints: new Set<string>() })

type Filter = { readonly name: string; readonly values: readonly string[] }
type Answer = (form: URLSearchParams, filters: readonly Filter[], call: Call, networks: Networks) => string

const invalid = (code: string, message: string) => new AwsError(code, message)

const matching = (filters: readonly Filter[], fields: Readonly<Record<string, string>>): boolean =>
  filters.every(({ name, values }) => {
    const field = fields[name]
    if (field === undefined) throw invalid('InvalidParameterValue', `The filter '${name}' is invalid`)
    return values.includes(field)
  })

const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

const describeSubnets: Answer = (form, filters, call) => {
  const named = [...form.entries()].filter(([key]) => key.startsWith('SubnetId.')).map(([, id]) => id)
  const missingId = named.find(id => !SUBNETS.includes(id))
  if (missingId !== undefined) throw invalid('InvalidSubnetID.NotFound', `The subnet ID '${missingId}' does not exist`)
  const vpcId = vpcOf(placeOf(call))
  const items = SUBNETS.filter(id => named.length === 0 || named.includes(id))
    .filter(id => matching(filters, { 'subnet-id': id, 'vpc-id': vpcId }))
    .map(id => `<item><subnetId>${id}</subnetId><state>available</state><vpcId>${vpcId}</vpcId></item>`)
  return `<subnetSet>${items.join('')}</subnetSet>`
}

const describeVpcEndpoints: Answer = (_, filters, call, { endpoints }) => {
  const vpcId = vpcOf(placeOf(call))
  const items = [...endpoints]
    .map(name => `com.amazonaws.${call.region}.${name}`)
    .filter(name =>
      matching(filters, {
        'service-name': name,
        'vpc-id': vpcId,
        'vpc-endpoint-type': 'Interface',
        'vpc-endpoint-state': 'available',
      }),
    )
    .map(
      (name, n) =>
        `<item><vpcEndpointId>vpce-0${n}1b2c3d4e5f60718</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><vpcId>${vpcId}</vpcId><serviceName>${name}</serviceName><state>available</state></item>`,
    )
  return `<vpcEndpointSet>${items.join('')}</vpcEndpointSet>`
}

export const NETWORK_ACTIONS: Readonly<Record<string, { readonly known: RegExp; readonly answer: Answer }>> = {
  DescribeSubnets: {
    known: /^(Action|Version|MaxResults|NextToken|DryRun|(Filter|SubnetId)\..+)$/,
    answer: describeSubnets,
  },
  DescribeVpcEndpoints: {
    known: /^(Action|Version|MaxResults|NextToken|DryRun|(Filter|VpcEndpointId)\..+)$/,
    answer: describeVpcEndpoints,
  },
}
