// DescribeParameters: parameters by name, without values. Source: SSM API reference, ParameterStringFilter.
import type { DescribeParametersRequest, ParameterMetadata } from '@aws-sdk/client-ssm'
import type { Fleet } from '../../../world/fleet.ts'
import { AwsError, type Call } from '../../wire/service.ts'
import type { Parameters, Place } from './parameters.ts'

const invalid = (code: string, message: string) => new AwsError(code, message)

export const describeParameters = (parameters: Parameters, input: DescribeParametersRequest, call: Call) => {
  const place: Place = { account: call.caller.account, region: call.region }
  const { ParameterFilters: filters = [], MaxResults = 10, NextToken } = input
  const [filter, another] = filters
  if (another !== undefined) throw invalid('InvalidFilterKey', 'The sandbox knows one filter, by Name.')
  if (filter !== undefined && (filter.Key !== 'Name' || (filter.Option ?? 'Equals') !== 'Equals'))
    throw invalid('InvalidFilterOption', 'The sandbox knows the filter Name with the option Equals.')
  const names = parameters.names(place).filter(name => filter?.Values?.includes(name) ?? true)
  const from = NextToken === undefined ? 0 : Number(NextToken)
  const page = names.slice(from, from + MaxResults).map((Name): ParameterMetadata => {
    const newest = parameters.versions(place, Name).at(-1)
    return {
      Name,
      ARN: `arn:aws:ssm:${place.region}:${place.account}:parameter${Name.startsWith('/') ? '' : '/'}${Name}`,
      Type: newest?.type,
      Version: newest?.version,
      DataType: 'text',
      Tier: 'Standard',
    }
  })
  return {
    Parameters: page,
    ...(from + MaxResults < names.length && { NextToken: String(from + MaxResults) }),
  }
}

/** Adds the parameters that task definitions name at this time. */
export const addTaskParameters = (parameters: Parameters, fleet: Fleet): void => {
  for (const { account, region, taskDefinitions } of fleet.sites.values())
    for (const { input, registeredBy } of [...taskDefinitions.values()].flat())
      for (const { valueFrom = '' } of (input.containerDefinitions ?? []).flatMap(({ secrets = [] }) => secrets)) {
        const name = valueFrom.split(':parameter')[1]
        if (name === undefined || parameters.versions({ account, region }, name).length > 0) continue
        parameters.put({ account, region }, name, {
          type: 'SecureString',
          value: 'of the seed',
          at: fleet.clock.now(),
          by: registeredBy,
        })
      }
}
