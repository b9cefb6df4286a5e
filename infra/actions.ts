// The actions that an account's roles may have, with their resources: these tables are the permissions boundaries.
// A role's policy allows the actions of its table that the commands declare. Source: service authorization reference.
import { REQUEST_KEYS } from '../src/engine/change/request-keys.ts'
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Condition } from './policy.ts'

export type Place = { readonly partition: string; readonly account: string }

type Resources = (place: Place) => readonly string[]
/** The resources on which an action is allowed, and a condition. */
export type ActionEntry = { readonly resources: Resources; readonly condition?: Condition }
export type Actions = Readonly<Record<string, ActionEntry>>

/** An action on all resources: it has no resource-level permissions, or its resources are unknown before the call. */
const everything: ActionEntry = { resources: () => ['*'] }

const inEcs = (...kinds: readonly string[]): ActionEntry => ({
  resources: ({ partition, account }) => kinds.map(kind => `arn:${partition}:ecs:*:${account}:${kind}/*`),
})

const logGroups: ActionEntry = {
  resources: ({ partition, account }) => [`arn:${partition}:logs:*:${account}:log-group:*`],
}

/** Ids of scalable targets are opaque; namespace and dimension exclude DynamoDB, Lambda and others. */
const scalableTargets = {
  resources: ({ partition, account }) => [`arn:${partition}:application-autoscaling:*:${account}:scalable-target/*`],
  condition: {
    StringEquals: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
  },
} satisfies ActionEntry

/**
 * Requires that a request sets no condition key, except those of the fields in `sent`, which commands of the role send. Each
 * plan's session policy fences those too where the plan does not send them.
 */
const fence = (action: string, ...sent: readonly string[]): { readonly Null: Readonly<Record<string, string>> } => ({
  Null: Object.fromEntries(
    Object.entries(REQUEST_KEYS[action] ?? {})
      .filter(([field]) => !sent.includes(field))
      .flatMap(([, keys]) => keys.map(key => [key, 'true'])),
  ),
})

const stacks: ActionEntry = {
  resources: ({ partition, account }) => [`arn:${partition}:cloudformation:*:${account}:stack/*`],
}

const iamRoles: ActionEntry = { resources: ({ partition, account }) => [`arn:${partition}:iam::${account}:role/*`] }

const repositories: ActionEntry = {
  resources: ({ partition, account }) => [`arn:${partition}:ecr:*:${account}:repository/*`],
}

/** The alarms of ECS services' target tracking policies, which AWS makes and deletes with the caller's permissions. */
const trackingAlarms = {
  resources: ({ partition, account }) => [`arn:${partition}:cloudwatch:*:${account}:alarm:TargetTracking-service/*`],
} satisfies ActionEntry

/**
 * The actions of the viewer role. Task definitions and logs may contain secrets; the values of a definition's
 * environment are never rendered.
 */
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
  // Reads templates to find the line that sets the desired count. Only that line is ever rendered.
  'cloudformation:ListStackResources': stacks,
  'cloudformation:GetTemplate': stacks,
  // Reads events to find who changed the value of a lease outside Quarterdeck. Only the caller is ever rendered.
  'cloudtrail:LookupEvents': everything,
  'cloudwatch:DescribeAlarms': everything,
  'cloudwatch:GetMetricData': everything,
  'compute-optimizer:GetECSServiceRecommendations': everything,
  'compute-optimizer:GetEnrollmentStatus': everything,
  'compute-optimizer:GetIdleRecommendations': everything,
  // Reads the age of the AMIs of container instances.
  'ec2:DescribeImages': everything,
  // Reads whether a task's subnet has a route to Session Manager.
  'ec2:DescribeSubnets': everything,
  'ec2:DescribeVpcEndpoints': everything,
  'elasticloadbalancing:DescribeTargetGroupAttributes': everything,
  'elasticloadbalancing:DescribeTargetGroups': everything,
  'elasticloadbalancing:DescribeTargetHealth': everything,
  // Looks whether the roles of a task definition exist.
  'iam:GetRole': iamRoles,
  // Reads the permissions of a task role, which a shell in the task could use: the names of its policies, not the
  // documents.
  'iam:ListAttachedRolePolicies': iamRoles,
  'iam:ListRolePolicies': iamRoles,
  'iam:SimulatePrincipalPolicy': iamRoles,
  // Reads whether ECS writes action logs of a cluster, and into which log group.
  'logs:DescribeDeliveries': everything,
  'logs:DescribeDeliveryDestinations': everything,
  'logs:DescribeDeliverySources': everything,
  'logs:DescribeLogGroups': everything,
  'logs:FilterLogEvents': logGroups,
  'logs:StartLiveTail': logGroups,
  'pricing:GetProducts': everything,
  // Looks whether the secrets of a task definition exist. Describing them reads no value.
  'secretsmanager:DescribeSecret': {
    resources: ({ partition, account }) => [`arn:${partition}:secretsmanager:*:${account}:secret:*`],
  },
  'ssm:DescribeParameters': everything,
  'servicequotas:GetServiceQuota': everything,
  // Reads only the account's own halt switch.
  'ssm:GetParameters': {
    resources: ({ partition, account }) => [`arn:${partition}:ssm:*:${account}:parameter/quarterdeck/halt`],
  },
  'ssm:DescribeSessions': everything,
  'tag:GetResources': everything,
  'vpc-lattice:ListTargets': {
    resources: ({ partition, account }) => [`arn:${partition}:vpc-lattice:*:${account}:targetgroup/*`],
  },
}

/** Writes of the operator role: counts, autoscaling, restart and stop. A forced deployment has no key. */
export const WRITES: Actions = {
  'ecs:UpdateService': { ...inEcs('service'), condition: fence('ecs:UpdateService') },
  'ecs:StopTask': inEcs('task'),
  'ecs:UpdateExpressGatewayService': { ...inEcs('service'), condition: fence('ecs:UpdateExpressGatewayService') },
  'application-autoscaling:RegisterScalableTarget': {
    ...scalableTargets,
    condition: { ...scalableTargets.condition, ...fence('application-autoscaling:RegisterScalableTarget') },
  },
  'application-autoscaling:PutScheduledAction': scalableTargets,
  'application-autoscaling:DeleteScheduledAction': scalableTargets,
  'application-autoscaling:PutScalingPolicy': scalableTargets,
  'application-autoscaling:DeleteScalingPolicy': scalableTargets,
  'cloudwatch:DeleteAlarms': trackingAlarms,
  'cloudwatch:DescribeAlarms': trackingAlarms,
  // An alarm of another action could run code: only scaling policies. The key is absent in a request without actions.
  'cloudwatch:PutMetricAlarm': {
    ...trackingAlarms,
    condition: {
      'ForAllValues:StringLike': { 'cloudwatch:AlarmActions': 'arn:*:autoscaling:*:*:scalingPolicy:*' },
      ...fence('cloudwatch:PutMetricAlarm'),
    },
  },
}

/** Tags of a service's task definition may reach its tasks, where these grant shell access. */
const noGrant = { 'ForAllValues:StringNotEqualsIgnoreCase': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] } }

/**
 * The write actions of the deployer role: register a revision of a task definition with its tags, stop a deployment, deploy an older task definition and pass its roles to tasks,
 * switch capacity providers.
 */
export const DEPLOYS: Actions = {
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: fence('ecs:UpdateService', 'taskDefinition', 'capacityProviderStrategy'),
  },
  // A standalone task of a service. The session policy of a plan limits it to one task definition and cluster.
  'ecs:RunTask': {
    ...inEcs('task-definition'),
    condition: fence('ecs:RunTask', 'taskDefinition', 'capacityProviderStrategy'),
  },
  'ecs:PutClusterCapacityProviders': inEcs('cluster'),
  'ecs:StopServiceDeployment': inEcs('service', 'service-deployment'),
  // The session policy of a plan limits this to one family, to the tag keys of the revision that runs, and to one size.
  'ecs:RegisterTaskDefinition': {
    ...inEcs('task-definition'),
    condition: { BoolIfExists: { 'ecs:privileged': 'false' }, ...noGrant },
  },
  // A new revision keeps its tags.
  'ecs:TagResource': {
    ...inEcs('task-definition'),
    condition: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' }, ...noGrant },
  },
  // The session policy of a plan limits this to the roles of the plan's task definition.
  'iam:PassRole': {
    resources: ({ partition, account }) => [`arn:${partition}:iam::${account}:role/*`],
    condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
}

/** The write action of the gate role: to answer a gate. IAM has no condition key for the answer. */
export const GATES: Actions = {
  'ecs:ContinueServiceDeployment': inEcs('service', 'service-deployment'),
}

/** The write actions of the revert role, which ends leases: counts, bounds, suspensions and capacity providers. */
export const REVERTS: Actions = {
  'ecs:UpdateService': { ...inEcs('service'), condition: fence('ecs:UpdateService', 'capacityProviderStrategy') },
  ...Object.fromEntries(
    Object.entries(WRITES).filter(([name]) => name === 'application-autoscaling:RegisterScalableTarget'),
  ),
}

const sessions: ActionEntry = {
  resources: ({ partition, account }) => [`arn:${partition}:ssm:*:${account}:session/ecs-execute-command-*`],
}

/** Grants shell access to one task: only these two tags, and only on a task that exists. */
const grants: ActionEntry = {
  ...inEcs('task'),
  condition: {
    'ForAllValues:StringEquals': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
    Null: { 'aws:TagKeys': 'false', 'ecs:CreateAction': 'true' },
  },
}

/** Ends a grant: in every spelling, because IAM finds tags without case. */
const revocations: ActionEntry = {
  ...inEcs('task'),
  condition: {
    'ForAllValues:StringEqualsIgnoreCase': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
    Null: { 'aws:TagKeys': 'false' },
  },
}

/** The write actions of the exec role: start and end a session, use its data channel, and use the cluster's KMS key. */
export const EXECS: Actions = {
  // Used only to enable ECS Exec.
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: {
      ...fence('ecs:UpdateService', 'enableExecuteCommand'),
      StringEquals: { 'ecs:enable-execute-command': 'true' },
    },
  },
  'ecs:ExecuteCommand': { ...inEcs('cluster', 'task'), condition: { Null: { 'ecs:container-name': 'false' } } },
  'ecs:TagResource': grants,
  'ecs:UntagResource': revocations,
  'ssmmessages:OpenDataChannel': everything,
  'ssm:DescribeSessions': everything,
  'ssm:ResumeSession': sessions,
  'ssm:TerminateSession': sessions,
  'kms:GenerateDataKey': {
    resources: ({ partition, account }) => [`arn:${partition}:kms:*:${account}:key/*`],
    condition: {
      StringLike: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:*' },
      'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['aws:ssm:SessionId', 'aws:ssm:TargetId'] },
      Null: { 'kms:ViaService': 'true' },
    },
  },
}
