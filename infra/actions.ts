// The actions that the roles of an account may have, with their resources. The permissions boundaries consist of these tables.
// The policy of a role allows those actions of its table that the commands declare. Source: service authorization reference.
import { REQUEST_KEYS } from '../src/engine/change/request-keys.ts'
import { CONTAINER_TAG, GRANT_TAG } from '../src/features/exec/grant.ts'
import type { Condition } from './policy.ts'

export type Place = { readonly partition: string; readonly account: string }

type Resources = (place: Place) => readonly string[]
/** The resources on which an action is allowed, and the condition under which it is allowed. */
export type ActionEntry = { readonly resources: Resources; readonly condition?: Condition }
export type Actions = Readonly<Record<string, ActionEntry>>

/** An action on all resources. It has no resource-level permissions, or the resource is not known before the call. */
const everything: ActionEntry = { resources: () => ['*'] }

const inEcs = (...kinds: readonly string[]): ActionEntry => ({
  resources: ({ partition, account }) => kinds.map(kind => `arn:${partition}:ecs:*:${account}:${kind}/*`),
})

const logGroups: ActionEntry = {
  resources: ({ partition, account }) => [`arn:${partition}:logs:*:${account}:log-group:*`],
}

/** Scalable targets. Their ids are opaque, so namespace and dimension exclude targets of DynamoDB, Lambda and others. */
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
 * Requires that a request sets none of the condition keys of the action. The keys of the fields in `sent` are allowed, because
 * commands of the role send these fields. If a plan does not send such a field, its session policy denies the key.
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

/** The alarms of target tracking policies of ECS services. AWS creates and deletes them with the caller's permissions. */
const trackingAlarms = {
  resources: ({ partition, account }) => [`arn:${partition}:cloudwatch:*:${account}:alarm:TargetTracking-service/*`],
} satisfies ActionEntry

/**
 * The actions of the viewer role. Task definitions and logs may contain secrets. The values of a definition's environment are
 * never shown.
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
  // Reads templates to find the line that sets the desired count. Only this line is shown.
  'cloudformation:ListStackResources': stacks,
  'cloudformation:GetTemplate': stacks,
  // Reads events to find who changed the value of a lease outside Quarterdeck. Only the caller is shown.
  'cloudtrail:LookupEvents': everything,
  'cloudwatch:DescribeAlarms': everything,
  'cloudwatch:GetMetricData': everything,
  'compute-optimizer:GetECSServiceRecommendations': everything,
  'compute-optimizer:GetEnrollmentStatus': everything,
  'compute-optimizer:GetIdleRecommendations': everything,
  // Reads the creation dates of the AMIs of container instances.
  'ec2:DescribeImages': everything,
  // Reads whether the subnet of a task has a route to Session Manager.
  'ec2:DescribeSubnets': everything,
  'ec2:DescribeVpcEndpoints': everything,
  'elasticloadbalancing:DescribeTargetGroupAttributes': everything,
  'elasticloadbalancing:DescribeTargetGroups': everything,
  'elasticloadbalancing:DescribeTargetHealth': everything,
  // Reads whether the roles of a task definition exist.
  'iam:GetRole': iamRoles,
  // Reads the permissions of a task role, because a shell in the task could use them. Reads the names of its policies, not the
  // policy documents.
  'iam:ListAttachedRolePolicies': iamRoles,
  'iam:ListRolePolicies': iamRoles,
  'iam:SimulatePrincipalPolicy': iamRoles,
  // Reads whether ECS writes action logs of a cluster, and to which log group.
  'logs:DescribeDeliveries': everything,
  'logs:DescribeDeliveryDestinations': everything,
  'logs:DescribeDeliverySources': everything,
  'logs:DescribeLogGroups': everything,
  'logs:FilterLogEvents': logGroups,
  'logs:StartLiveTail': logGroups,
  'pricing:GetProducts': everything,
  // Reads whether the secrets of a task definition exist. DescribeSecret returns no secret value.
  'secretsmanager:DescribeSecret': {
    resources: ({ partition, account }) => [`arn:${partition}:secretsmanager:*:${account}:secret:*`],
  },
  'ssm:DescribeParameters': everything,
  'servicequotas:GetServiceQuota': everything,
  // Reads only the halt switch of the account.
  'ssm:GetParameters': {
    resources: ({ partition, account }) => [`arn:${partition}:ssm:*:${account}:parameter/quarterdeck/halt`],
  },
  'ssm:DescribeSessions': everything,
  'tag:GetResources': everything,
  'vpc-lattice:ListTargets': {
    resources: ({ partition, account }) => [`arn:${partition}:vpc-lattice:*:${account}:targetgroup/*`],
  },
}

/**
 * The write actions of the operator role: counts, autoscaling, restart and stop. IAM has no condition key for a forced
 * deployment.
 */
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
  // Alarms may have only scaling policies as actions, because an alarm with another action could run code. A request for an alarm
  // without actions does not have this condition key.
  'cloudwatch:PutMetricAlarm': {
    ...trackingAlarms,
    condition: {
      'ForAllValues:StringLike': { 'cloudwatch:AlarmActions': 'arn:*:autoscaling:*:*:scalingPolicy:*' },
      ...fence('cloudwatch:PutMetricAlarm'),
    },
  },
}

/** Excludes the tags that grant shell access. A service may copy the tags of its task definition to its tasks. */
const noGrant = { 'ForAllValues:StringNotEqualsIgnoreCase': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] } }

/**
 * The write actions of the deployer role: register a revision of a task definition with its tags, stop a deployment, deploy an
 * older task definition and pass its roles to tasks, run a standalone task, and switch capacity providers.
 */
export const DEPLOYS: Actions = {
  'ecs:UpdateService': {
    ...inEcs('service'),
    condition: fence('ecs:UpdateService', 'taskDefinition', 'capacityProviderStrategy'),
  },
  // Starts a standalone task of a service. The session policy of a plan limits this to one task definition and one cluster.
  'ecs:RunTask': {
    ...inEcs('task-definition'),
    condition: fence('ecs:RunTask', 'taskDefinition', 'capacityProviderStrategy'),
  },
  'ecs:PutClusterCapacityProviders': inEcs('cluster'),
  'ecs:StopServiceDeployment': inEcs('service', 'service-deployment'),
  // The session policy of a plan limits this to one family, the tag keys of the running revision, and one size.
  'ecs:RegisterTaskDefinition': {
    ...inEcs('task-definition'),
    condition: { BoolIfExists: { 'ecs:privileged': 'false' }, ...noGrant },
  },
  // Registering a revision with the tags of its base also needs this action.
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

/** The write action of the gate role: answer a gate. IAM has no condition key for the answer that is given. */
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

/** Grants shell access to one task. Allows only these two tags, and only on a task that exists already. */
const grants: ActionEntry = {
  ...inEcs('task'),
  condition: {
    'ForAllValues:StringEquals': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
    Null: { 'aws:TagKeys': 'false', 'ecs:CreateAction': 'true' },
  },
}

/** Removes a grant. Allows both tags in upper and lower case, because IAM ignores the case of tag keys. */
const revocations: ActionEntry = {
  ...inEcs('task'),
  condition: {
    'ForAllValues:StringEqualsIgnoreCase': { 'aws:TagKeys': [GRANT_TAG, CONTAINER_TAG] },
    Null: { 'aws:TagKeys': 'false' },
  },
}

/** The write actions of the exec role: start and end a session, use its data channel, and use the cluster's KMS key. */
export const EXECS: Actions = {
  // Allowed only to enable ECS Exec.
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
