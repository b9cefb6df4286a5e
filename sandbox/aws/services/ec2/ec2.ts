// Amazon EC2, in EC2's form of the query protocol. This file has DescribeImages by filter; networks.ts has the other
// operations. Source: EC2 API reference, DescribeImages and "Error codes"; texts as seen in the field.

import type { Fleet } from '../../../world/fleet.ts'
import { EC2_VERSION } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call, type HttpRequest } from '../../wire/service.ts'
import { NETWORK_ACTIONS, type Networks } from './networks.ts'

const NAMESPACE = `http://ec2.amazonaws.com/doc/${EC2_VERSION}/`

const formOf = ({ method, query, body }: HttpRequest) =>
  method === 'GET' ? query : new URLSearchParams(body.toString('utf8'))

const invalid = (code: string, message: string) => new AwsError(code, message)

type Filter = { readonly name: string; readonly values: readonly string[] }

/** The filters of a request: `Filter.1.Name`, `Filter.1.Value.1`, …, numbered from 1 without a gap. */
const filtersOf = (form: URLSearchParams): readonly Filter[] => {
  const filters: Filter[] = []
  for (let n = 1; form.has(`Filter.${n}.Name`); n += 1) {
    const values: string[] = []
    for (let m = 1; form.has(`Filter.${n}.Value.${m}`); m += 1) values.push(form.get(`Filter.${n}.Value.${m}`) ?? '')
    const name = form.get(`Filter.${n}.Name`) ?? ''
    if (values.length === 0) throw invalid('InvalidParameterValue', `The filter '${name}' must have at least one value`)
    if (values.length > 200)
      throw invalid('FilterLimitExceeded', 'The maximum number of filter values specified on a single call is 200')
    filters.push({ name, values })
  }
  return filters
}

const KNOWN =
  /^(Action|Version|IncludeDeprecated|IncludeDisabled|MaxResults|NextToken|DryRun|(Filter|ImageId|Owner|ExecutableBy)\..+)$/

const checkParameters = (form: URLSearchParams, known = KNOWN) => {
  const unknown = [...form.keys()].find(key => !known.test(key))
  if (unknown !== undefined) throw invalid('UnknownParameter', `The parameter ${unknown} is not recognized`)
}

type Image = { readonly id: string; readonly createdAt: number }

/** The AMIs that container instances in the caller's account and region use. */
const imagesOf = (fleet: Fleet, { caller, region }: Call): ReadonlyMap<string, Image> =>
  new Map(
    [...fleet.site({ account: caller.account, region }).clusters.values()]
      .flatMap(({ hosts }) => hosts)
      .flatMap(({ ami }) => (ami === undefined ? [] : [[ami.id, ami] as const])),
  )

/**
 * Whether an AMI is deprecated, which it is two years after its creation. A deprecated AMI is returned only if the request
 * asks for deprecated AMIs (EC2 user guide).
 */
const isDeprecated = ({ createdAt }: Image, now: number) => now - createdAt > 2 * 365 * 86_400_000

const describe = (fleet: Fleet, form: URLSearchParams, call: Call): string => {
  checkParameters(form)
  const images = imagesOf(fleet, call)
  const named = [...form.entries()].filter(([key]) => key.startsWith('ImageId.')).map(([, id]) => id)
  const missingIds = named.filter(id => !images.has(id))
  if (missingIds.length > 0)
    throw invalid('InvalidAMIID.NotFound', `The image id '[${missingIds.join(', ')}]' does not exist`)
  const filters = filtersOf(form)
  const unknown = filters.find(({ name }) => name !== 'image-id')
  if (unknown !== undefined) throw invalid('InvalidParameterValue', `The filter '${unknown.name}' is invalid`)
  const found = [...images.values()].filter(
    image =>
      (named.length === 0 || named.includes(image.id)) &&
      filters.every(({ values }) => values.includes(image.id)) &&
      (form.get('IncludeDeprecated') === 'true' || !isDeprecated(image, fleet.clock.now())),
  )
  const items = found.map(
    ({ id, createdAt }) =>
      `<item><imageId>${id}</imageId><imageState>available</imageState><imageOwnerId>591542846629</imageOwnerId><isPublic>true</isPublic><architecture>x86_64</architecture><imageType>machine</imageType><name>al2023-ami-ecs-hvm-${id}</name><creationDate>${new Date(createdAt).toISOString()}</creationDate></item>`,
  )
  return `<imagesSet>${items.join('')}</imagesSet>`
}

export const createEc2 = (fleet: Fleet, networks: Networks): AwsService => {
  const answerTo = (form: URLSearchParams, call: Call): string => {
    const ofNetworks = NETWORK_ACTIONS[call.action]
    if (ofNetworks === undefined) return describe(fleet, form, call)
    checkParameters(form, ofNetworks.known)
    return ofNetworks.answer(form, filtersOf(form), call, networks)
  }
  return {
    name: 'ec2',
    actionOf: http => {
      const form = formOf(http)
      const action = form.get('Action') ?? ''
      const isKnown = action === 'DescribeImages' || Object.hasOwn(NETWORK_ACTIONS, action)
      if (form.get('Version') !== EC2_VERSION || !isKnown)
        throw new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`)
      return action
    },
    answer: async (http, call) => ({
      status: 200,
      headers: { 'content-type': 'text/xml;charset=UTF-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<${call.action}Response xmlns="${NAMESPACE}"><requestId>${call.requestId}</requestId>${answerTo(formOf(http), call)}</${call.action}Response>`,
    }),
  }
}
