// Reads a task role's policies, and evaluates its permissions with IAM's policy simulator. Uses signed requests instead
// of an SDK client. If a part cannot be read, it is reported as unread and blocks nothing.

import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { logNeeds } from '../../../features/exec/log-rights.ts'
import { CHANNELS, DECRYPT, type DeniedRight, type Need, type TaskRole } from '../../../features/exec/task-role.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import { createSignedPost, envOf } from '../../signed-request.ts'
import { pages } from '../ecs/pages.ts'
import { readMembers, readXml, unescapeXml } from '../xml.ts'
import type { Sessions } from './sessions.ts'

/** The API version (IAM API reference). */
const VERSION = '2010-05-08'
/** The region for which requests to IAM, a global service, are signed (AWS general reference, IAM endpoints). */
const IAM_REGION = 'us-east-1'

const CHANGES_RIGHTS = 'iam:PutRolePolicy'
/** Actions of unrelated services, which indicate wide permissions. Actions are named, as the simulator accepts no wildcards. */
const NEARLY_ALL = ['ec2:TerminateInstances', 'rds:DeleteDBInstance', 's3:DeleteBucket']

type Ask = (action: string, fields: Readonly<Record<string, string>>) => Promise<string>

/** Creates the reader. `env`: environment variables, which may override endpoints. */
export const createTaskRoleReader =
  (config: Config, sessions: Sessions, env: NodeJS.ProcessEnv): Readers['taskRole'] =>
  async (ref, roleArn, { key, ...log }) => {
    const name = roleArn.split('/').at(-1) ?? ''
    const post = createSignedPost('iam', envOf(env, IAM_REGION, await sessions.credentials(accountOf(config, ref))))
    const ask: Ask = async (action, fields) => {
      sessions.count(action)
      const form = new URLSearchParams({ Action: action, Version: VERSION, ...fields })
      const reply = await post('/', form.toString(), { 'content-type': 'application/x-www-form-urlencoded' })
      if (reply.status === 200) return reply.text
      const code = readXml(reply.text, 'Code') || `HTTP ${reply.status}`
      throw new RemoteError(`reading the IAM role ${name}: ${code}`, { code, passing: false })
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

/** Returns the XML of each page. Source: IAM API reference, `IsTruncated` and `Marker`. */
const askAll = (ask: Ask, action: string, fields: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  pages(async Marker => {
    const xml = await ask(action, { ...fields, ...(Marker !== undefined && { Marker }) })
    return { items: [xml], next: readXml(xml, 'IsTruncated') === 'true' ? readXml(xml, 'Marker') : undefined }
  })

const NOTHING = { denied: [], unsure: [], mayChangeRights: false, mayNearlyAll: false } as const

const WORDS: Readonly<Record<string, string>> = {
  AccessDenied: 'AWS denied it',
  NoSuchEntity: 'the role does not exist',
}

const orWhy = <T extends object>(reading: Promise<T>, what: string): Promise<T | { readonly why: string }> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return { why: `${what} (${WORDS[error.code] ?? `AWS answered ${error.code}`})` }
  })

/** Matches the alias of a KMS key. Policies name keys by ARN, so permissions on an alias cannot be determined. */
const ALIAS = /^(arn:.*:)?alias\//

type Place = Pick<ServiceRef, 'accountId' | 'region'> & { readonly partition: string }

/** A permission to simulate. `simulated`: the resource given to the simulator; undefined if it cannot be simulated. */
type SimulatedNeed = Need & { readonly simulated: string | undefined }

const keyNeeds = (key: string | undefined, { partition, region, accountId }: Place): readonly SimulatedNeed[] => {
  if (key === undefined) return []
  if (ALIAS.test(key)) return [{ action: DECRYPT, resource: key, simulated: undefined }]
  const arn = key.startsWith('arn:') ? key : `arn:${partition}:kms:${region}:${accountId}:key/${key}`
  return [{ action: DECRYPT, resource: arn, simulated: arn }]
}

type Rights = Pick<TaskRole, 'denied' | 'unsure' | 'mayChangeRights' | 'mayNearlyAll'>

/** Simulates each action on each resource. */
const simulate = async (ask: Ask, roleArn: string, more: readonly SimulatedNeed[]): Promise<Rights> => {
  const needs = [...CHANNELS.map((action): SimulatedNeed => ({ action, resource: '*', simulated: '*' })), ...more]
  const known = needs.filter(({ simulated }) => simulated !== undefined)
  const read = await askAll(ask, 'SimulatePrincipalPolicy', {
    PolicySourceArn: roleArn,
    ...membersOf('ActionNames', [...known.map(({ action }) => action), CHANGES_RIGHTS, ...NEARLY_ALL]),
    ...membersOf('ResourceArns', [...new Set(known.map(({ simulated = '*' }) => simulated))]),
  })
  const answers = read.flatMap(readSimulation)
  const find = (action: string, resource = '*') =>
    answers.find(one => one.action === action && one.resource === resource)
  const isAllowed = (action: string) => find(action)?.decision === 'allowed'
  const needed = needs.map(({ simulated, ...need }) => ({
    need,
    answer: simulated === undefined ? undefined : find(need.action, simulated),
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
  /** Whether the decision depends on condition keys for which no value was given. */
  readonly isOpen: boolean
  readonly isWithinBoundary: boolean
  readonly isWithinOrganization: boolean
}

const denierOf = ({ decision, isWithinBoundary, isWithinOrganization }: Answer): DeniedRight['by'] => {
  if (!isWithinOrganization) return 'organization'
  if (!isWithinBoundary) return 'boundary'
  return decision === 'explicitDeny' ? 'statement' : 'silence'
}

/**
 * Parses the answer of the simulator. Missing context keys of a resource are in its resource-specific result (IAM API
 * reference, EvaluationResult).
 */
export const readSimulation = (xml: string): readonly Answer[] =>
  readMembers(xml, 'EvaluationResults').flatMap(member => {
    const specific = readMembers(member, 'ResourceSpecificResults')
    const overall = member.replace(/<ResourceSpecificResults>[\s\S]*<\/ResourceSpecificResults>/, '')
    const action = readXml(overall, 'EvalActionName')
    return [...specific.map(one => ({ one, tag: 'EvalResourceDecision' })), { one: overall, tag: 'EvalDecision' }].map(
      ({ one, tag }) => ({
        action,
        resource: readXml(one, 'EvalResourceName'),
        decision: readXml(one, tag),
        isOpen: readMembers(one, 'MissingContextValues').length > 0,
        // There is a boundary result for each resource, but only one overall result for organizations.
        isWithinBoundary: readXml(one + overall, 'AllowedByPermissionsBoundary') !== 'false',
        isWithinOrganization: readXml(overall + one, 'AllowedByOrganizations') !== 'false',
      }),
    )
  })

const readPolicies = async (ask: Ask, name: string): Promise<NonNullable<TaskRole['policies']>> => {
  const [attached, written] = await Promise.all([
    askAll(ask, 'ListAttachedRolePolicies', { RoleName: name }),
    askAll(ask, 'ListRolePolicies', { RoleName: name }),
  ])
  return {
    names: [
      ...attached.flatMap(xml => readMembers(xml, 'AttachedPolicies').map(member => readXml(member, 'PolicyName'))),
      ...written.flatMap(xml => readMembers(xml, 'PolicyNames').map(unescapeXml)),
    ],
  }
}
