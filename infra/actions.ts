// Every action that the roles of an account could ever hold, with what it is about. The tables are the permissions
// boundaries; a role's policy is the part of its table that the registry's commands declare. An action that is not here
// is refused until somebody adds its line. Source: service authorization reference.
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Condition, Statement } from './policy.ts'

export type Place = { readonly partition: string; readonly account: string }

type About = (place: Place) => readonly string[]
type Entry = { readonly about: About; readonly condition?: Condition }
export type Actions = Readonly<Record<string, Entry>>

/** These have no resource that could be named, or none that is known before they answer. */
const everything: Entry = { about: () => ['*'] }

const inEcs = (...kinds: readonly string[]): Entry => ({
  about: ({ partition, account }) => kinds.map(kind => `arn:${partition}:ecs:*:${account}:${kind}/*`),
})

const logGroups: Entry = { about: ({ partition, account }) => [`arn:${partition}:logs:*:${account}:log-group:*`] }

/** The ids of scalable targets are opaque; the namespace keeps this away from DynamoDB, Lambda and the others. */
const scalableTargets: Entry = {
  about: ({ partition, account }) => [`arn:${partition}:application-autoscaling:*:${account}:scalable-target/*`],
  condition: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
}

const stacks: Entry = { about: ({ partition, account }) => [`arn:${partition}:cloudformation:*:${account}:stack/*`] }

const iamRoles: Entry = { about: ({ partition, account }) => [`arn:${partition}:iam::${account}:role/*`] }

const repositories: Entry = { about: ({ partition, account }) => [`arn:${partition}:ecr:*:${account}:repository/*`] }

/** Reads. `ecs:DescribeTaskDefinition` and the logs show what people wrote there: the product never renders values of the former. */
export const READS: Actions = {
  'ecs:DescribeCapacityProviders': inEcs('capacity-provider'),
  'ecs:DescribeClusters': inEcs('cluster'),
  'ecs:DescribeContainerInstances': inEcs('container-instance'),
  'ecs:DescribeExpressGatewayService': inEcs('service'),
  'ecs:DescribeServiceDeployments': inEcs('service', 'service-deployment'),
  'ecs:DescribeServiceRevisions': inEcs('service', 'service-revision'),
  'ecs:DescribeServices': inEcs('service'),
  'ecs:DescribeTaskDefinition': everything,
  'ecs:DescribeTasks': inEcs('task'),
  'ecs:GetTaskProtection': inEcs('task'),
  'ecs:ListClusters': everything,
  'ecs:ListContainerInstances': inEcs('cluster'),
  'ecs:ListServiceDeployments': inEcs('service'),
  'ecs:ListServices': everything,
  'ecs:ListTaskDefinitionFamilies': everything,
  'ecs:ListTaskDefinitions': everything,
  'ecs:ListTasks': everything,
  'application-autoscaling:DescribeScalableTargets': everything,
  'application-autoscaling:DescribeScalingActivities': everything,
  'application-autoscaling:DescribeScalingPolicies': everything,
  'application-autoscaling:DescribeScheduledActions': everything,
  'application-autoscaling:GetPredictiveScalingForecast': everything,
  'ecr:BatchGetImage': repositories,
  'ecr:DescribeImageScanFindings': repositories,
  'ecr:DescribeImages': repositories,
  // Whose template says the count. It shows what people wrote there: no more than that one line is ever rendered.
  'cloudformation:DescribeStackResources': stacks,
  'cloudformation:GetTemplate': stacks,
  // Who changed what a lease held. The history of events shows what people asked of AWS: no more than who is ever rendered.
  'cloudtrail:LookupEvents': everything,
  'cloudwatch:DescribeAlarms': everything,
  'cloudwatch:GetMetricData': everything,
  'compute-optimizer:GetECSServiceRecommendations': everything,
  // How old the machine images of hosts are.
  'ec2:DescribeImages': everything,
  // Whether a task's network leads to Session Manager.
  'ec2:DescribeSubnets': everything,
  'ec2:DescribeVpcEndpoints': everything,
  'elasticloadbalancing:DescribeTargetHealth': everything,
  // What the role of a task may do, whose credentials are one request away from a shell. No policy is read, only their names.
  'iam:ListAttachedRolePolicies': iamRoles,
  'iam:ListRolePolicies': iamRoles,
  'iam:SimulatePrincipalPolicy': iamRoles,
  'logs:DescribeLogGroups': everything,
  'logs:FilterLogEvents': logGroups,
  'logs:StartLiveTail': logGroups,
  'pricing:GetProducts': everything,
  'servicequotas:GetServiceQuota': everything,
  // The account's own halt switch, and no other parameter.
  'ssm:GetParameters': {
    about: ({ partition, account }) => [`arn:${partition}:ssm:*:${account}:parameter/quarterdeck/halt`],
  },
  'ssm:DescribeSessions': everything,
  'tag:GetResources': everything,
  'vpc-lattice:ListTargets': {
    about: ({ partition, account }) => [`arn:${partition}:vpc-lattice:*:${account}:targetgroup/*`],
  },
}

/** What no operator ever changes, told by the keys that ECS fills from UpdateService. A new deployment and its configuration have no key. */
const FENCE = [
  'ecs:task-definition',
  'ecs:task-cpu',
  'ecs:task-memory',
  'ecs:enable-execute-command',
  'ecs:subnet',
  'ecs:auto-assign-public-ip',
] as const

/** ECS fills these from the task definition. */
const OF_DEFINITION: readonly string[] = ['ecs:task-definition', 'ecs:task-cpu', 'ecs:task-memory']

/** Writes of an operator: counts, bounds, suspensions, capacity, restart and stop. */
export const WRITES: Actions = {
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: { Null: Object.fromEntries(FENCE.map(key => [key, 'true'])) },
  },
  'ecs:StopTask': inEcs('task'),
  'ecs:UpdateExpressGatewayService': inEcs('service'),
  'ecs:PutClusterCapacityProviders': inEcs('cluster'),
  'application-autoscaling:RegisterScalableTarget': scalableTargets,
  'application-autoscaling:PutScheduledAction': scalableTargets,
  'application-autoscaling:DeleteScheduledAction': scalableTargets,
  'application-autoscaling:PutScalingPolicy': scalableTargets,
  'application-autoscaling:DeleteScalingPolicy': scalableTargets,
}

/** What rolling back takes: a deployment stopped, or an older task definition, whose roles its tasks get. */
export const DEPLOYS: Actions = {
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: {
      Null: Object.fromEntries(FENCE.filter(key => !OF_DEFINITION.includes(key)).map(key => [key, 'true'])),
    },
  },
  'ecs:StopServiceDeployment': inEcs('service', 'service-deployment'),
  // Which of them, the session policy of each plan says: those of the task definition that runs afterwards.
  'iam:PassRole': {
    about: ({ partition, account }) => [`arn:${partition}:iam::${account}:role/*`],
    condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
}

/** What putting back a lease may take: counts, bounds and suspensions. */
export const REVERTS: Actions = Object.fromEntries(
  Object.entries(WRITES).filter(([name]) =>
    ['ecs:UpdateService', 'application-autoscaling:RegisterScalableTarget'].includes(name),
  ),
)

const sessions: Entry = {
  about: ({ partition, account }) => [`arn:${partition}:ssm:*:${account}:session/ecs-execute-command-*`],
}

/** Lets a person into one task: that tag, and no other. */
const grants: Entry = {
  ...inEcs('task'),
  condition: {
    'ForAllValues:StringEquals': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
    Null: { 'aws:TagKeys': 'false' },
  },
}

/** Commands in containers: a conversation, which takes the call, its channel, its end, and the cluster's key. */
export const EXECS: Actions = {
  // To switch it on, and for nothing else.
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: {
      Null: {
        ...Object.fromEntries(FENCE.map(key => [key, 'true'])),
        'ecs:capacity-provider': 'true',
        'ecs:enable-execute-command': 'false',
      },
    },
  },
  'ecs:ExecuteCommand': { ...inEcs('cluster', 'task'), condition: { Null: { 'ecs:container-name': 'false' } } },
  'ecs:TagResource': grants,
  'ecs:UntagResource': grants,
  'ssmmessages:OpenDataChannel': everything,
  'ssm:DescribeSessions': everything,
  'ssm:ResumeSession': sessions,
  'ssm:TerminateSession': sessions,
  'kms:GenerateDataKey': {
    about: ({ partition, account }) => [`arn:${partition}:kms:*:${account}:key/*`],
    condition: { StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:*' } },
  },
}

/** Statements that allow the named actions, those about the same things together. */
export const allow = (actions: Actions, names: readonly string[], place: Place): readonly Statement[] => {
  const statements = new Map<string, Statement & { readonly Action: readonly string[] }>()
  for (const name of [...new Set(names)].toSorted()) {
    const { about, condition } = entryOf(actions, name)
    const [service = ''] = name.split(':')
    const key = JSON.stringify([service, about(place), condition])
    statements.set(key, {
      Sid: statements.get(key)?.Sid ?? `Allow${statements.size + 1}`,
      Effect: 'Allow',
      Action: [...(statements.get(key)?.Action ?? []), name],
      Resource: about(place),
      ...(condition !== undefined && { Condition: condition }),
    })
  }
  return [...statements.values()]
}

const entryOf = (actions: Actions, name: string): Entry => {
  const entry = actions[name]
  if (entry === undefined)
    throw new Error(`${name} is not among the actions that this role may ever hold: add its line to infra/actions.ts`)
  return entry
}
