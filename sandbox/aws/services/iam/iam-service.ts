// The IAM operations that read a role: its policies by name, and the policy simulator, which uses the sandbox's policy
// evaluator. Source: IAM API reference; for several resources, EvalResourceName is a template (seen in the field).
// Guesses: the texts of ValidationError and InvalidInput; that a page ends at MaxItems; that one request can simulate all
// actions.

import { type Decision, evaluate } from '../../iam/evaluate.ts'
import { isActionLike } from '../../iam/pattern.ts'
import { readPolicy } from '../../iam/policy.ts'
import rules from '../../wire/constraints/iam.json' with { type: 'json' }
import { demandFrom, modelError } from '../../wire/constraints.ts'
import { xmlText } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call, type HttpRequest, type Protocol } from '../../wire/service.ts'
import { documentsOf, type Role, type Roles } from './roles.ts'

const VERSION = '2010-05-08'
const NAMESPACE = `https://iam.amazonaws.com/doc/${VERSION}/`

type Input = Readonly<Record<string, unknown>> & {
  readonly RoleName?: string
  readonly PolicySourceArn?: string
  readonly ActionNames?: readonly string[]
  readonly ResourceArns?: readonly string[]
  readonly MaxItems?: string
  readonly Marker?: string
}

type Page = { readonly list: string; readonly members: readonly string[] }

const invalid = (message: string) => new AwsError('ValidationError', message)

const known: Readonly<Record<string, readonly string[]>> = {
  GetRole: ['RoleName'],
  ListAttachedRolePolicies: ['RoleName', 'MaxItems', 'Marker'],
  ListRolePolicies: ['RoleName', 'MaxItems', 'Marker'],
  SimulatePrincipalPolicy: ['PolicySourceArn', 'ActionNames', 'ResourceArns', 'MaxItems', 'Marker'],
}

const formOf = ({ method, query, body }: HttpRequest) =>
  method === 'GET' ? query : new URLSearchParams(body.toString('utf8'))

/** Reads the input of a request. Lists are `ActionNames.member.1`, `….2`, …, numbered from 1 without a gap. */
const readInput = (action: string, form: URLSearchParams): Record<string, unknown> => {
  const input: Record<string, unknown> = {}
  for (const [key, value] of form) {
    const [name = '', member, n] = key.split('.')
    if (name === 'Action' || name === 'Version') continue
    if (!known[action]?.includes(name)) throw invalid(`The sandbox does not know ${key} of ${action}`)
    if (member === undefined) input[name] = value
    else {
      const list = (input[name] ?? []) as string[]
      if (member !== 'member' || Number(n) !== list.length + 1) throw invalid(`${key} is out of order`)
      input[name] = [...list, value]
    }
  }
  return input
}

const demand = demandFrom({
  rules,
  refuse: (broken, action) =>
    broken[0].at === 'roleName' && broken[0].value !== undefined
      ? invalid(
          'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
        )
      : modelError('ValidationError')(broken, action),
})

const protocol: Protocol = {
  actionOf: http => {
    const form = formOf(http)
    const action = form.get('Action') ?? ''
    if (form.get('Version') !== VERSION || !Object.hasOwn(known, action))
      throw new AwsError('InvalidAction', `Could not find operation ${action} for version ${form.get('Version')}`)
    return action
  },
  read: (action, http) => readInput(action, formOf(http)),
  demand: (action, { MaxItems, ...input }) =>
    demand(action, { ...input, ...(MaxItems !== undefined && { MaxItems: Number(MaxItems) }) }),
  write: (action, output, requestId) => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${String(output)}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  }),
}

/** The page size; 100 by default (IAM API reference). */
const sizeOf = ({ MaxItems = '100' }: Input): number => Number(MaxItems)

const startOf = ({ Marker }: Input): number => {
  if (Marker === undefined) return 0
  const [, start] = /^from-(\d+)$/.exec(Buffer.from(Marker, 'base64').toString('utf8')) ?? []
  if (start === undefined) throw invalid(`Invalid Marker: ${Marker}`)
  return Number(start)
}

const paged = ({ list, members }: Page, input: Input): string => {
  const end = startOf(input) + sizeOf(input)
  const items = members.slice(startOf(input), end).map(member => `<member>${member}</member>`)
  const marker = end < members.length ? `<Marker>${Buffer.from(`from-${end}`).toString('base64')}</Marker>` : ''
  return `<IsTruncated>${end < members.length}</IsTruncated><${list}>${items.join('')}</${list}>${marker}`
}

const noSuchEntity = (name: string) =>
  new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, { status: 404 })

const arnOf = ({ RoleName = '', PolicySourceArn }: Input, account: string) =>
  PolicySourceArn ?? `arn:aws:iam::${account}:role/${RoleName}`

const findRole = (roles: Roles, input: Input, { caller }: Call): Role => {
  const { PolicySourceArn } = input
  if (PolicySourceArn !== undefined && !/^arn:aws[\w-]*:iam::\d{12}:(role|user|group)\/.+$/.test(PolicySourceArn))
    throw new AwsError('InvalidInput', `Invalid Entity Arn: ${PolicySourceArn}`)
  const arn = arnOf(input, caller.account)
  const role = roles.find(arn)
  if (role === undefined) throw noSuchEntity(arn.split('/').at(-1) ?? '')
  return role
}

const nameOf = (document: unknown, at: number): string => {
  const { Id = `inline-${at + 1}` } = document as { readonly Id?: string }
  return Id
}

/**
 * The condition keys that the simulator reports as missing: all condition keys in the statements about this action. The
 * request contains no condition keys.
 */
const missingKeys = (documents: readonly unknown[], action: string): readonly string[] => {
  const statements = documents
    .flatMap(readPolicy)
    .filter(
      ({ actions: { patterns, isNegated } }) => patterns.some(pattern => isActionLike(pattern, action)) !== isNegated,
    )
  return [...new Set(statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)))]
}

const WORDS: Readonly<Record<Decision['decision'], string>> = {
  allowed: 'allowed',
  'explicit-deny': 'explicitDeny',
  'implicit-deny': 'implicitDeny',
}

const withinXml = (isWithin: boolean): string =>
  `<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>${isWithin}</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>`

const named = (resource: string) => `<EvalResourceName>${xmlText(resource)}</EvalResourceName>`

const judged = (role: Role, action: string, resource: string) => {
  const { boundary } = role
  const identity = documentsOf(role)
  const check = { action, resource, context: {} }
  const { decision } = evaluate({ identity, ...(boundary !== undefined && { boundary }) }, check)
  const isWithin = boundary === undefined ? undefined : evaluate({ identity: [boundary] }, check).decision === 'allowed'
  const missing = missingKeys([...identity, ...(boundary === undefined ? [] : [boundary])], action)
  const keys = missing.map(key => `<member>${key}</member>`).join('')
  const within = isWithin === undefined ? '' : withinXml(isWithin)
  return {
    decision,
    isWithin,
    xml: `<member><MatchedStatements/><MissingContextValues>${keys}</MissingContextValues>${named(resource)}<EvalResourceDecision>${WORDS[decision]}</EvalResourceDecision>${within}</member>`,
  }
}

const STRICTEST = ['explicit-deny', 'implicit-deny', 'allowed'] as const

/**
 * The simulation of an action: one result with the strictest of the decisions. The result also lists the decision for each
 * resource (IAM API reference, EvaluationResult).
 */
const simulate = (role: Role, action: string, resources: readonly string[]): string => {
  const each = resources.map(resource => judged(role, action, resource))
  const decision = STRICTEST.find(word => each.some(one => one.decision === word)) ?? 'implicit-deny'
  const [first = '*', another] = resources
  const [service = ''] = action.split(':')
  const all = another === undefined ? first : `arn:\${Partition}:${service}:\${Region}:\${Account}:\${RelativeId}`
  const within = role.boundary === undefined ? '' : withinXml(each.every(({ isWithin }) => isWithin))
  return `<ResourceSpecificResults>${each.map(({ xml }) => xml).join('')}</ResourceSpecificResults><MatchedStatements/><MissingContextValues/>${named(all)}<EvalDecision>${WORDS[decision]}</EvalDecision><EvalActionName>${action}</EvalActionName>${within}`
}

const checkAction = (action: string) => {
  if (!/^[\w-]+:\w+$/.test(action)) throw new AwsError('InvalidInput', `Invalid action name: ${action}`)
}

const simulation = (role: Role, { ActionNames = [], ResourceArns = ['*'] }: Input): Page => {
  for (const action of ActionNames) checkAction(action)
  const members = ActionNames.map(action => simulate(role, action, ResourceArns))
  return { list: 'EvaluationResults', members }
}

const roleXml = ({ name, arn, id, maxSessionDuration }: Role): string =>
  `<Role><Path>/</Path><RoleName>${xmlText(name)}</RoleName><RoleId>${id}</RoleId><Arn>${xmlText(arn)}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><MaxSessionDuration>${maxSessionDuration}</MaxSessionDuration></Role>`

export const createIam = (roles: Roles): AwsService => {
  const about = (page: (role: Role, input: Input) => Page) => (input: Input, call: Call) =>
    paged(page(findRole(roles, input, call), input), input)
  return {
    name: 'iam',
    protocol,
    resources: ({ input, caller }) => [{ arn: arnOf(input, caller.account) }],
    operations: {
      GetRole: (input: Input, call: Call) => roleXml(findRole(roles, input, call)),
      ListAttachedRolePolicies: about(({ managed }) => ({
        list: 'AttachedPolicies',
        members: managed.map(
          name => `<PolicyName>${name}</PolicyName><PolicyArn>arn:aws:iam::aws:policy/${name}</PolicyArn>`,
        ),
      })),
      ListRolePolicies: about(({ policies }) => ({ list: 'PolicyNames', members: policies.map(nameOf) })),
      SimulatePrincipalPolicy: about(simulation),
    },
  }
}
