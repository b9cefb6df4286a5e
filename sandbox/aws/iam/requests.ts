// Lists the permissions that a call needs, including implied permissions. A permission has an action, a resource and
// condition keys.

import type { Autoscaling } from '../../world/autoscaling/autoscaling.ts'
import type { Fleet } from '../../world/fleet.ts'
import type { Roles } from '../services/iam/roles.ts'
import type { Call, Caller, Resource } from '../wire/service.ts'
import { alarmChecks, autoscalingChecks } from './autoscaling-requests.ts'
import { type Context, tagKeys } from './context.ts'
import { dynamodbChecks } from './dynamodb-requests.ts'
import { ecsChecks } from './ecs-requests.ts'
import type { Check } from './evaluate.ts'
import { lambdaChecks } from './lambda-requests.ts'
import { logsChecks } from './logs-requests.ts'
import { schedulerChecks } from './scheduler-requests.ts'
import { assumeRoleChecks } from './sts-requests.ts'

/** The parts of the simulated world from which condition keys are read. */
export type IamWorld = { readonly fleet: Fleet; readonly roles: Roles; readonly autoscaling: Autoscaling }

type Rows = (call: Call, world: IamWorld) => readonly Check[] | undefined

const rows: Readonly<Record<string, Rows>> = {
  'application-autoscaling': (call, { autoscaling }) => autoscalingChecks(autoscaling, call),
  dynamodb: dynamodbChecks,
  ecs: (call, { fleet }) => ecsChecks(fleet, call),
  lambda: lambdaChecks,
  logs: logsChecks,
  monitoring: alarmChecks,
  scheduler: schedulerChecks,
  sts: (call, { roles }) => (call.action === 'AssumeRole' ? assumeRoleChecks(roles, call) : undefined),
}

/** The IAM prefixes of services whose IAM prefix differs from their signing name. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', tagging: 'tag' }

/**
 * The calls that need the permission of another action: the call, and that action (ECR API reference, ListImageReferrers;
 * S3 API reference, HeadObject).
 */
const allowedBy: Readonly<Record<string, string>> = { ListImageReferrers: 'BatchGetImage', HeadObject: 'GetObject' }

/**
 * The permissions for calls of a service whose actions are not listed in sandbox/aws/iam: one for each resource that the
 * service reports for the call. If the service reports no resource, the resource is `*`.
 */
const byResources = ({ service, action }: Call, resources: readonly Resource[]): readonly Check[] => {
  const touched: readonly Resource[] = resources.length > 0 ? resources : [{ arn: '*' }]
  return touched.map(({ arn, tags, context }) => ({
    action: `${prefixes[service] ?? service}:${allowedBy[action] ?? action}`,
    resource: arn,
    context: { ...tagKeys('aws:ResourceTag', tags), ...context },
  }))
}

export const accountOf = (arn: string): string => arn.split(':')[4] ?? ''

const callerKeys = (caller: Caller, roles: Roles): Context => {
  const role = roles.find(caller.roleArn ?? '')
  const username = /:user\/(?:.*\/)?([^/]+)$/.exec(caller.arn)?.[1]
  return {
    ...tagKeys('aws:PrincipalTag', { ...role?.tags, ...caller.tags }),
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': caller.account,
    'aws:PrincipalType': caller.roleArn === undefined ? 'User' : 'AssumedRole',
    'aws:userid': caller.userId,
    ...(username !== undefined && { 'aws:username': username }),
    ...(caller.sourceIdentity !== undefined && { 'aws:SourceIdentity': caller.sourceIdentity }),
  }
}

/**
 * The permissions that a call needs; all of them must be allowed. `resources`: the resources that the service reports
 * for the call.
 */
export const checksOf = (call: Call, resources: readonly Resource[], world: IamWorld): readonly Check[] => {
  const checks = rows[call.service]?.(call, world) ?? byResources(call, resources)
  const global = { ...callerKeys(call.caller, world.roles), 'aws:RequestedRegion': call.region }
  return checks.map(check => ({
    ...check,
    context: {
      ...global,
      ...(accountOf(check.resource) && { 'aws:ResourceAccount': accountOf(check.resource) }),
      ...check.context,
    },
  }))
}
