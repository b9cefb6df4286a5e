// The read operations of the Resource Groups Tagging API, for ECS. This project has no SDK client with the schemas of this
// API, so the members, ranges and errors are from the API reference (GetResources).

import type { Fleet } from '../../world/fleet.ts'
import type { Cluster, Tags } from '../../world/state.ts'
import rules from '../wire/constraints/resourcegroupstaggingapi.json' with { type: 'json' }
import { demandFrom, modelError } from '../wire/constraints.ts'
import { AwsError, type AwsService, type Call, type HttpReply } from '../wire/service.ts'

const TARGET = 'ResourceGroupsTaggingAPI_20170126'

const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** The error for a value outside its range. Its text is written from memory. */
const outside = (value: unknown, member: string, rule: string) =>
  invalid(`1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${rule}`)

const demand = demandFrom({ rules, refuse: modelError('InvalidParameterException') })

type Input = {
  readonly PaginationToken?: string
  readonly ResourcesPerPage?: number
  readonly TagsPerPage?: number
  readonly ResourceTypeFilters?: readonly string[]
  readonly TagFilters?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[]
  readonly ResourceARNList?: readonly string[]
}

const TYPES: Readonly<Record<string, 'string' | 'number' | 'list'>> = {
  PaginationToken: 'string',
  ResourcesPerPage: 'number',
  TagsPerPage: 'number',
  ResourceTypeFilters: 'list',
  TagFilters: 'list',
  ResourceARNList: 'list',
}

const isOf = (value: unknown, type: (typeof TYPES)[string]): boolean =>
  type === 'list' ? Array.isArray(value) : typeof value === type

const within = (value: number | undefined, low: number, high: number, member: string): void => {
  if (value === undefined) return
  if (value < low) throw outside(value, member, `Member must have value greater than or equal to ${low}`)
  if (value > high) throw outside(value, member, `Member must have value less than or equal to ${high}`)
}

const check = (given: Record<string, unknown>): Input => {
  for (const [name, value] of Object.entries(given)) {
    const type = TYPES[name]
    if (type === undefined) throw new Error(`the sandbox does not simulate ${name} of the tagging API`)
    if (!isOf(value, type)) throw new AwsError('SerializationException', '')
  }
  demand('GetResources', given)
  const input = given as Input
  within(input.ResourcesPerPage, 1, 100, 'resourcesPerPage')
  within(input.TagsPerPage, 100, 500, 'tagsPerPage')
  if (input.TagsPerPage !== undefined && input.TagsPerPage % 100 !== 0)
    throw invalid('TagsPerPage must be a multiple of 100')
  for (const filter of input.ResourceTypeFilters ?? [])
    if (!/^[\w-]+(:[\w-]+([/:][\w-]+)*)?$/.test(filter)) throw invalid(`Unsupported resource type ${filter}`)
  if (input.ResourceARNList !== undefined && (input.ResourceTypeFilters ?? input.TagFilters) !== undefined)
    throw invalid('ResourceARNList cannot be used with other filters')
  return input
}

type Tagged = { readonly arn: string; readonly tags: Tags }

/** The services and clusters that have tags. The API also returns resources that had tags earlier; the sandbox does not. */
const taggedIn = (clusters: Iterable<Cluster>): readonly Tagged[] =>
  [...clusters]
    .flatMap((cluster): readonly Tagged[] => [
      cluster,
      ...[...cluster.services.values()].filter(({ status }) => status !== 'INACTIVE'),
    ])
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1))

const typeOf = (arn: string): string => `ecs:${arn.split(':')[5]?.split('/')[0]}`

const isAskedFor = ({ arn, tags }: Tagged, input: Input): boolean =>
  (input.ResourceTypeFilters ?? ['ecs']).some(filter => filter === 'ecs' || filter === typeOf(arn)) &&
  (input.ResourceARNList ?? [arn]).includes(arn) &&
  (input.TagFilters ?? []).every(
    ({ Key = '', Values = [] }) => tags[Key] !== undefined && (Values.length === 0 || Values.includes(tags[Key])),
  )

const startOf = (token: string | undefined, all: readonly Tagged[]): number => {
  if (token === undefined || token === '') return 0
  const after = Buffer.from(token, 'base64url').toString('utf8')
  const at = all.findIndex(({ arn }) => arn === after)
  if (at < 0) throw new AwsError('PaginationTokenExpiredException', 'The specified PaginationToken has expired.')
  return at + 1
}

/**
 * GetResources. A page has 50 resources by default (API reference). On the last page, the token is an empty text; it is not
 * absent.
 */
const getResources = (fleet: Fleet, given: Record<string, unknown>, { caller, region }: Call) => {
  const input = check(given)
  const { clusters } = fleet.site({ account: caller.account, region })
  const found = taggedIn(clusters.values()).filter(tagged => isAskedFor(tagged, input))
  const start = startOf(input.PaginationToken, found)
  const page = found.slice(start, start + (input.ResourcesPerPage ?? 50))
  const last = page.at(-1)
  const isMore = last !== undefined && start + page.length < found.length
  return {
    PaginationToken: isMore ? Buffer.from(last.arn).toString('base64url') : '',
    ResourceTagMappingList: page.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  }
}

/** Creates the service. AWS does not document its rate limit, so calls are throttled only by an injected fault. */
export const createTagging = (fleet: Fleet): AwsService => ({
  name: 'tagging',
  actionOf: ({ headers }) => {
    const [target, action = ''] = (headers['x-amz-target'] ?? '').split('.')
    return target === TARGET ? action : ''
  },
  answer: async (_http, call): Promise<HttpReply> => {
    if (call.action !== 'GetResources') throw new AwsError('UnknownOperationException', '')
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(getResources(fleet, call.input, call)),
    }
  },
})
