// What the role of a task may do, as IAM's policy simulator tells, and which policies it has. IAM speaks the query protocol:
// three signed requests and a few fields of their XML need no SDK client. Nothing that cannot be read is in anybody's way.

import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { logNeeds } from '../../../features/exec/log-rights.ts'
import { CHANNELS, DECRYPT, type DeniedRight, type Need, type TaskRole } from '../../../features/exec/task-role.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import { createSignedPost, envOf } from '../../signed-request.ts'
import { readMembers, readXml, unescapeXml } from '../xml.ts'
import type { Sessions } from './sessions.ts'

/** IAM API reference. */
const VERSION = '2010-05-08'
/** IAM is one for all regions, and is signed for this one (AWS general reference, IAM endpoints). */
const HOME = 'us-east-1'

const CHANGES_RIGHTS = 'iam:PutRolePolicy'
/** Of services that have nothing to do with each other: the simulator takes no wildcards. */
const NEARLY_ALL = ['ec2:TerminateInstances', 'rds:DeleteDBInstance', 's3:DeleteBucket']

type Ask = (action: string, fields: Readonly<Record<string, string>>) => Promise<string>

/** `env`: what says where AWS is. */
export const createTaskRoleReader =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['taskRole'] =>
  async (ref, roleArn, { key, ...log }) => {
    const name = roleArn.split('/').at(-1) ?? ''
    const post = createSignedPost('iam', envOf(env, HOME, await sessions.credentials(accountOf(config, ref))))
    const ask: Ask = async (action, fields) => {
      sessions.count(action)
      const form = new URLSearchParams({ Action: action, Version: VERSION, ...fields })
      const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
      if (reply.status === 200) return reply.text
      const code = readXml(reply.text, 'Code') || `HTTP ${reply.status}`
      throw new RemoteError(`asking IAM about ${name}: ${code}`, { code, passing: false })
    }
    const place = { ...ref, partition: roleArn.split(':')[1] ?? 'aws' }
    const [rights, policies] = await Promise.all([
      orWhy(simulate(ask, roleArn, [...keyNeeds(key, place), ...logNeeds(log, place)]), 'its rights'),
      orWhy(readPolicies(ask, name), 'its policies'),
    ])
    return {
      name,
      ...NOTHING,
      ...('why' in rights ? {} : rights),
      ...('why' in policies ? {} : { policies }),
      unread: [rights, policies].flatMap(one => ('why' in one ? [one.why] : [])),
    }
  }

const NOTHING = { denied: [], unsure: [], mayChangeRights: false, mayNearlyAll: false } as const

const WORDS: Readonly<Record<string, string>> = { AccessDenied: 'AWS denied it', NoSuchEntity: 'there is no such role' }

const orWhy = <T extends object>(reading: Promise<T>, what: string): Promise<T | { readonly why: string }> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return { why: `${what} (${WORDS[error.code] ?? `AWS did not tell: ${error.code}`})` }
  })

/** Policies name keys by ARN: an alias does not say which key it is. */
const ALIAS = /^(arn:.*:)?alias\//

type Place = Pick<ServiceRef, 'accountId' | 'region'> & { readonly partition: string }

/** `asked`: what stands for it in the question; not there where the question cannot be put. */
type Asked = Need & { readonly asked?: string }

const keyNeeds = (key: string | undefined, { partition, region, accountId }: Place): readonly Asked[] => {
  if (key === undefined) return []
  if (ALIAS.test(key)) return [{ action: DECRYPT, resource: key }]
  const arn = key.startsWith('arn:') ? key : `arn:${partition}:kms:${region}:${accountId}:key/${key}`
  return [{ action: DECRYPT, resource: arn, asked: arn }]
}

type Rights = Pick<TaskRole, 'denied' | 'unsure' | 'mayChangeRights' | 'mayNearlyAll'>

/** One request, which asks for each action about each resource: at most 15 about 5, and a page has room for 100 answers. */
const simulate = async (ask: Ask, roleArn: string, more: readonly Asked[]): Promise<Rights> => {
  const needs = [...CHANNELS.map((action): Asked => ({ action, resource: '*', asked: '*' })), ...more]
  const askable = needs.filter(({ asked }) => asked !== undefined)
  const xml = await ask('SimulatePrincipalPolicy', {
    PolicySourceArn: roleArn,
    ...membersOf('ActionNames', [...askable.map(({ action }) => action), CHANGES_RIGHTS, ...NEARLY_ALL]),
    ...membersOf('ResourceArns', [...new Set(askable.map(({ asked = '*' }) => asked))]),
  })
  const answers = readSimulation(xml)
  const find = (action: string, resource = '*') =>
    answers.find(one => one.action === action && one.resource === resource)
  const isAllowed = (action: string) => find(action)?.decision === 'allowed'
  const needed = needs.map(({ asked, ...need }) => ({
    need,
    answer: asked === undefined ? undefined : find(need.action, asked),
  }))
  return {
    denied: needed.flatMap(({ need, answer }) =>
      answer === undefined || answer.decision === 'allowed' || answer.isOpen ? [] : [{ ...need, by: denierOf(answer) }],
    ),
    unsure: needed.flatMap(({ need: { action }, answer }) =>
      answer === undefined || (answer.decision !== 'allowed' && answer.isOpen) ? [action] : [],
    ),
    mayChangeRights: isAllowed(CHANGES_RIGHTS),
    mayNearlyAll: NEARLY_ALL.every(isAllowed),
  }
}

const membersOf = (name: string, values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(values.map((value, at) => [`${name}.member.${at + 1}`, value]))

type Answer = {
  readonly action: string
  readonly resource: string
  readonly decision: string
  /** It hangs on condition keys that nobody gave. */
  readonly isOpen: boolean
  readonly isWithinBoundary: boolean
  readonly isWithinOrganization: boolean
}

const denierOf = ({ decision, isWithinBoundary, isWithinOrganization }: Answer): DeniedRight['by'] => {
  if (!isWithinOrganization) return 'organization'
  if (!isWithinBoundary) return 'boundary'
  return decision === 'explicitDeny' ? 'statement' : 'silence'
}

/** IAM API reference, EvaluationResult: of a named resource, the missing keys are in the part about that resource. */
export const readSimulation = (xml: string): readonly Answer[] =>
  readMembers(xml, 'EvaluationResults').flatMap(member => {
    const specific = readMembers(member, 'ResourceSpecificResults')
    const own = member.replace(/<ResourceSpecificResults>[\s\S]*<\/ResourceSpecificResults>/, '')
    const action = readXml(own, 'EvalActionName')
    return [...specific.map(one => ({ one, tag: 'EvalResourceDecision' })), { one: own, tag: 'EvalDecision' }].map(
      ({ one, tag }) => ({
        action,
        resource: readXml(one, 'EvalResourceName'),
        decision: readXml(one, tag),
        isOpen: readMembers(one, 'MissingContextValues').length > 0,
        // What the answer says of all resources together comes after what it says of this one.
        isWithinBoundary: readXml(one + own, 'AllowedByPermissionsBoundary') !== 'false',
        isWithinOrganization: readXml(own + one, 'AllowedByOrganizations') !== 'false',
      }),
    )
  })

/** The first page of each: a hundred. */
const readPolicies = async (ask: Ask, name: string): Promise<NonNullable<TaskRole['policies']>> => {
  const [attached, written] = await Promise.all([
    ask('ListAttachedRolePolicies', { RoleName: name }),
    ask('ListRolePolicies', { RoleName: name }),
  ])
  const names = [
    ...readMembers(attached, 'AttachedPolicies').map(member => readXml(member, 'PolicyName')),
    ...readMembers(written, 'PolicyNames').map(unescapeXml),
  ]
  return { names, isPartial: [attached, written].some(xml => readXml(xml, 'IsTruncated') === 'true') }
}
