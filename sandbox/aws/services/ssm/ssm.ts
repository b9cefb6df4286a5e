// AWS Systems Manager: the sessions of Session Manager, and Parameter Store with versions and SecureStrings.

import type {
  DescribeParametersRequest,
  GetParameterRequest,
  GetParametersByPathRequest,
  GetParametersRequest,
  Parameter,
  PutParameterRequest,
} from '@aws-sdk/client-ssm'
import * as client from '@aws-sdk/client-ssm'
import type { Exec } from '../../../ssm/exec.ts'
import type { Clock } from '../../../world/clock.ts'
import rules from '../../wire/constraints/ssm.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../../wire/service.ts'
import { describeParameters } from './describe-parameters.ts'
import type { Parameters, Place, Version } from './parameters.ts'
import { sessionOperations } from './ssm-sessions.ts'

const protocol = awsJson({
  version: '1.1',
  target: 'AmazonSSM',
  client,
  rules,
  refuse: modelError('ValidationException'),
})

const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

const arnOf = ({ account, region }: Place, name: string) =>
  `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`

/** The encrypted value that GetParameter returns for a SecureString without decryption. */
const ciphertext = (value: string) => Buffer.from(`AQICAH${value.length}`).toString('base64').padEnd(96, 'A')

const presented = (place: Place, name: string, found: Version, decrypt: boolean, selector?: string): Parameter => ({
  Name: name,
  Type: found.type,
  Value: found.type === 'SecureString' && !decrypt ? ciphertext(found.value) : found.value,
  Version: found.version,
  ...(selector !== undefined && { Selector: `:${selector}` }),
  LastModifiedDate: new Date(found.at),
  ARN: arnOf(place, name),
  DataType: 'text',
})

/** Parses the name of a parameter: `/name`, `/name:3` with a version, or the ARN of either. */
const parseName = (given: string) => {
  const bare = given.replace(/^arn:aws:ssm:[^:]*:\d*:parameter/, '')
  const [name = '', selector] = bare.split(':')
  return { name, selector }
}

const find = (parameters: Parameters, place: Place, given: string, decrypt: boolean): Parameter | undefined => {
  const { name, selector } = parseName(given)
  const versions = parameters.versions(place, name)
  const newest = versions.at(-1)
  if (!newest) return undefined
  if (selector === undefined) return presented(place, name, newest, decrypt)
  const chosen = versions.find(({ version }) => String(version) === selector)
  if (!chosen)
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
    )
  return presented(place, name, chosen, decrypt, selector)
}

const getParameter = (parameters: Parameters, input: GetParameterRequest, call: Call) => {
  const found = find(parameters, placeOf(call), input.Name ?? '', input.WithDecryption ?? false)
  if (!found) throw new AwsError('ParameterNotFound', '')
  return { Parameter: found }
}

const constraint = (value: unknown, member: string, text: string) =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${text}`,
  )

const getParameters = (parameters: Parameters, input: GetParametersRequest, call: Call) => {
  const names = input.Names ?? []
  const found = names.map(name => find(parameters, placeOf(call), name, input.WithDecryption ?? false))
  return {
    Parameters: found.filter(one => one !== undefined),
    InvalidParameters: names.filter((_, index) => found[index] === undefined),
  }
}

const checkPath = (path: string) => {
  if (!path.startsWith('/'))
    throw new AwsError(
      'ValidationException',
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    )
}

const getParametersByPath = (parameters: Parameters, input: GetParametersByPathRequest, call: Call) => {
  const { Path = '', Recursive = false, MaxResults = 10, NextToken, WithDecryption = false } = input
  checkPath(Path)
  const under = Path.endsWith('/') ? Path : `${Path}/`
  const place = placeOf(call)
  const names = parameters
    .names(place)
    .filter(name => name.startsWith(under) && (Recursive || !name.slice(under.length).includes('/')))
  const start = NextToken === undefined ? 0 : names.findIndex(name => tokenOf(name) === NextToken)
  if (start < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.')
  const next = names[start + MaxResults]
  return {
    Parameters: names.slice(start, start + MaxResults).map(name => find(parameters, place, name, WithDecryption)),
    ...(next !== undefined && { NextToken: tokenOf(next) }),
  }
}

const tokenOf = (name: string) => Buffer.from(`after:${name}`).toString('base64')

const types = ['String', 'StringList', 'SecureString'] as const

const typeOf = (input: PutParameterRequest, before: Version | undefined) => {
  const requestedType = input.Type ?? before?.type
  if (requestedType === undefined)
    throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.')
  const type = types.find(known => known === requestedType)
  if (!type)
    throw constraint(requestedType, 'type', 'Member must satisfy enum value set: [SecureString, StringList, String]')
  return type
}

const checkPut = ({ Name = '', Value = '', Tier, Overwrite, Tags }: PutParameterRequest, exists: boolean) => {
  if (!/^[\w.\-/]+$/.test(Name) || /^\/?(aws|ssm)/i.test(Name))
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    )
  if (Value === '') throw constraint(Value, 'value', 'Member must have length greater than or equal to 1')
  if (Buffer.byteLength(Value) > (Tier === 'Advanced' ? 8_192 : 4_096))
    throw new AwsError(
      'ValidationException',
      'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
    )
  if (exists && !Overwrite)
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  if (Overwrite && Tags?.length)
    throw new AwsError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
}

const putParameter = (parameters: Parameters, clock: Clock, input: PutParameterRequest, call: Call) => {
  const place = placeOf(call)
  const { Name = '', Value = '' } = input
  const before = parameters.versions(place, Name).at(-1)
  checkPut(input, before !== undefined)
  const { version } = parameters.put(place, Name, {
    type: typeOf(input, before),
    value: Value,
    at: clock.now(),
    by: call.caller.arn,
  })
  return { Version: version, Tier: input.Tier ?? 'Standard' }
}

const resourcesOf = (call: Call) => {
  const { Name, Names, Path, SessionId } = call.input as {
    Name?: string
    Names?: string[]
    Path?: string
    SessionId?: string
  }
  const { account, region } = placeOf(call)
  if (SessionId !== undefined) return [{ arn: `arn:aws:ssm:${region}:${account}:session/${SessionId}` }]
  const names = [Name, Path, ...(Names ?? [])].filter(name => name !== undefined)
  return names.map(name => ({ arn: arnOf({ account, region }, parseName(name).name) }))
}

type Parts = { readonly clock: Clock; readonly parameters: Parameters; readonly exec: Exec }

export const createSsm = ({ clock, parameters, exec }: Parts): AwsService => ({
  name: 'ssm',
  protocol,
  operations: {
    DescribeParameters: (input: DescribeParametersRequest, call) => describeParameters(parameters, input, call),
    GetParameter: (input: GetParameterRequest, call) => getParameter(parameters, input, call),
    GetParameters: (input: GetParametersRequest, call) => getParameters(parameters, input, call),
    GetParametersByPath: (input: GetParametersByPathRequest, call) => getParametersByPath(parameters, input, call),
    PutParameter: (input: PutParameterRequest, call) => putParameter(parameters, clock, input, call),
    ...sessionOperations(exec, () => clock.now()),
  },
  resources: resourcesOf,
})
