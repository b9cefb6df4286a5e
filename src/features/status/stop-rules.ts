// Data: the meaning of stop codes, exit codes and reasons, and the next step. The first rule that applies is used. A
// rule applies if its step failed and its words are in the reason without names (stop-text.ts). Sources: ECS developer
// guide, stopped tasks error messages, CannotPullContainer task errors, TaskFailedToStart errors; reports in
// test/features/status/stop-reasons.ts.

import type { Stage } from './stop-text.ts'

export type StopKind =
  | 'image'
  | 'pull-rights'
  | 'rate-limit'
  | 'exit'
  | 'command'
  | 'memory'
  | 'disk'
  | 'port'
  | 'health'
  | 'load-balancer'
  | 'placement'
  | 'spot'
  | 'secret'
  | 'environment-file'
  | 'role'
  | 'network'
  | 'logs'
  | 'host'
  | 'volume'
  | 'architecture'
  | 'start'
  | 'scaled-in'
  | 'deployed'
  | 'stopped-by'
  | 'unknown'

/** The meaning of a stop. `{service}` and `{container}` in the texts are placeholders for names. */
type Meaning = { readonly kind: StopKind; readonly text: string; readonly nextStep: string }

/** `stages`: the steps that may have failed; absent for any. All of `words` must be found. */
export type StopRule = Meaning & { readonly stages?: readonly Stage[]; readonly words: readonly RegExp[] }

export const STEPS = {
  logs: 'Read its last lines: `/ecs logs {service} --previous`.',
  command: 'Compare the entry point of the image with the command in the task definition.',
  memory: 'Compare its memory with the limit in the task definition: `/ecs status {service}` shows the usage.',
  image: 'Push the image, or go back to a version that exists: `/ecs deployments {service}` lists them.',
  rights: 'Allow the execution role to pull the image, also in the policy of its repository.',
  routes: 'Check the routes, security groups and VPC endpoints of its subnets.',
  secret: 'Correct the secret, or its reference in the task definition.',
  secretRights: 'Allow the execution role to read the secret, and to use its KMS key.',
  logGroup: 'Create the log group, or correct the log configuration in the task definition.',
  logRights: 'Allow the execution role to create log streams and to write log events.',
  volume: 'Check the file system, its mount targets, and its security group on port 2049.',
  capacity: 'Add subnets in other zones or another capacity provider, or try again later.',
  instances: 'Add instances, or reduce what the task reserves: `/ecs events {service}` names what is missing.',
  host: 'Nothing to do if a new task runs: `/ecs tasks {service}` shows it.',
  none: 'Nothing to do.',
} as const

/** The meaning of exit codes. Codes above 128 are 128 + the signal (POSIX shells). */
export const EXITS: Readonly<Record<number, { readonly text: string; readonly nextStep: string }>> = {
  0: { text: 'finished by itself', nextStep: STEPS.logs },
  1: { text: 'application error', nextStep: STEPS.logs },
  2: { text: 'application error, or wrong arguments', nextStep: STEPS.logs },
  126: { text: 'command not executable', nextStep: STEPS.command },
  127: { text: 'command not found', nextStep: STEPS.command },
  134: { text: 'aborted (SIGABRT)', nextStep: STEPS.logs },
  137: { text: 'killed (SIGKILL), usually out of memory', nextStep: STEPS.memory },
  139: { text: 'segmentation fault (SIGSEGV)', nextStep: STEPS.logs },
  143: { text: 'terminated (SIGTERM)', nextStep: STEPS.logs },
}

const spot =
  'Nothing to do if a new task runs; for a steady part, give FARGATE a base in the capacity provider strategy.'

/** Causes that follow from the stop code. */
export const CODES = {
  spot: { kind: 'spot', text: 'Spot interruption: AWS reclaimed its capacity.', nextStep: spot },
  host: { kind: 'host', text: 'Its host was shut down or retired.', nextStep: STEPS.host },
  'unhealthy-host': { kind: 'host', text: 'Its host was unhealthy.', nextStep: STEPS.host },
  'stopped-by': { kind: 'stopped-by', text: 'Stopped by someone.', nextStep: STEPS.none },
  'scaled-in': {
    kind: 'scaled-in',
    text: 'A scale-in or a deployment no longer needed it.',
    nextStep: STEPS.none,
  },
  deployed: { kind: 'deployed', text: 'A newer deployment replaced it.', nextStep: STEPS.none },
  'slow-start': {
    kind: 'start',
    text: 'It failed to start, and ECS gave no reason: a container may have waited too long for another.',
    nextStep: 'Check `dependsOn`, `startTimeout` and the health checks in the task definition.',
  },
} as const satisfies Readonly<Record<string, Meaning>>

const DENIED = /not authorized|AccessDenied|access denied|explicit deny/i
const UNREACHABLE =
  /time(?:d )?out\b|deadline exceeded|request cancell?ed|context cancell?ed|connection (?:refused|reset|issue|closed)|no route to host|no such host|network is unreachable|network configuration|dial tcp|send request failed|failed to do request|TLS handshake|unexpected EOF|: EOF|signal: killed|nil pointer/i

const PULL = ['pull'] as const
const REGISTRY = /ecr registry auth|pull registry auth/i
const SECRET = /secrets?\b|\basm\b|\bssm\b|parameters?\b|secretsmanager/i
const LOGS = /logg(?:er|ing)|log group|log stream/i
const VOLUME = /EFS utils|EFS volumes?|\bmount|VolumeDriver|file system|FSx/i

const pullRules: readonly StopRule[] = [
  {
    stages: PULL,
    words: [/toomanyrequests|too many requests|pull rate limit|rate exceeded/i],
    kind: 'rate-limit',
    text: 'Image pull failed: the registry’s rate limit was reached.',
    nextStep: 'Pull through an ECR cache or with a login, and try again later.',
  },
  {
    stages: [...PULL, 'start'],
    words: [/no space left|not enough space|thin pool/i],
    kind: 'disk',
    text: 'The image does not fit on the task’s disk.',
    nextStep: 'Raise the ephemeral storage in the task definition, or free space on the instance.',
  },
  {
    words: [
      /descriptor matching platform|does not match the specified platform|no matching manifest|exec format error/i,
    ],
    kind: 'architecture',
    text: 'Its image is built for another CPU architecture.',
    nextStep: 'Build the image for the CPU architecture in the task definition’s runtime platform.',
  },
  {
    stages: PULL,
    words: [/diffIDs don|layers and diff|unsupported media ?type|\b400 bad request/i],
    kind: 'image',
    text: 'The image cannot be read: ECS does not support the format of its manifest or layers.',
    nextStep: 'Build the image again with one compression and without attestations, and deploy it.',
  },
  {
    stages: PULL,
    words: [/not authorized|AccessDenied|explicit deny|role has the permissions|403 forbidden|\(403\)/i],
    kind: 'pull-rights',
    text: 'Image pull denied: the execution role or the registry’s policy does not allow it.',
    nextStep: STEPS.rights,
  },
  {
    stages: PULL,
    words: [/pull access|no basic auth|no pull access|authentication required|unauthorized/i],
    kind: 'pull-rights',
    text: 'Image pull denied: the repository does not exist, or it needs a login.',
    nextStep: 'Check the name of the repository; a private registry needs `repositoryCredentials`.',
  },
  {
    stages: PULL,
    words: [/not found|manifest unknown|name unknown|does not exist|\(404\)/i],
    kind: 'image',
    text: 'Image not found: the tag or the repository is wrong, or the image was deleted.',
    nextStep: STEPS.image,
  },
  {
    stages: PULL,
    words: [/x509|certificate/i],
    kind: 'network',
    text: 'Image pull failed: the registry’s certificate is not trusted.',
    nextStep: 'Check the certificate of the registry, and proxies between it and the task.',
  },
  {
    stages: PULL,
    words: [UNREACHABLE],
    kind: 'network',
    text: 'Image pull failed: the registry is unreachable. Check NAT, VPC endpoints and security groups.',
    nextStep: STEPS.routes,
  },
  {
    stages: PULL,
    words: [/unexpected status|image conf/i],
    kind: 'image',
    text: 'Image pull failed: the registry refused to send it, or the download broke off.',
    nextStep: 'Pull the image with the rights of the execution role, and read the answer of the registry.',
  },
  { stages: PULL, words: [/^/], kind: 'image', text: 'Image pull failed.', nextStep: STEPS.image },
]

const memoryRules: readonly StopRule[] = [
  {
    stages: ['memory'],
    words: [/^/],
    kind: 'memory',
    text: 'Out of memory: {container} reached its memory limit and was killed.',
    nextStep: STEPS.memory,
  },
  {
    stages: ['start'],
    words: [/oom-killed|out of memory|memory limit too low/i],
    kind: 'memory',
    text: 'Out of memory: {container} was killed while it started.',
    nextStep: 'Raise the memory limit of the container in the task definition.',
  },
]

const logRules: readonly StopRule[] = [
  {
    stages: ['resources', 'start'],
    words: [LOGS, DENIED],
    kind: 'logs',
    text: 'Its log could not be opened: the execution role lacks permission.',
    nextStep: STEPS.logRights,
  },
  {
    stages: ['resources'],
    words: [LOGS, UNREACHABLE],
    kind: 'network',
    text: 'CloudWatch Logs is unreachable from the task.',
    nextStep: 'Check the route or VPC endpoint to CloudWatch Logs, and `awslogs-region`.',
  },
  {
    stages: ['start'],
    words: [LOGS, /dial (?:unix|tcp|udp)|connection refused/i],
    kind: 'logs',
    text: 'Its log destination does not answer.',
    nextStep: 'Start the log router before the container: check `dependsOn` and the log options.',
  },
  {
    stages: ['start', 'resources'],
    words: [
      LOGS,
      /no log configuration|driver arguments|CredentialsEndpoint|failed to load credentials|MissingEndpoint/i,
    ],
    kind: 'logs',
    text: 'Its log configuration is incomplete or wrong.',
    nextStep: STEPS.logGroup,
  },
  {
    stages: ['start', 'resources'],
    words: [LOGS],
    kind: 'logs',
    text: 'Its log destination does not exist, or write access is denied.',
    nextStep: STEPS.logGroup,
  },
]

const secretRules: readonly StopRule[] = [
  {
    stages: ['resources', 'none'],
    words: [REGISTRY, DENIED],
    kind: 'pull-rights',
    text: 'Image pull denied: the execution role may not log in to ECR.',
    nextStep: 'Allow the execution role ecr:GetAuthorizationToken, as AmazonECSTaskExecutionRolePolicy does.',
  },
  {
    stages: ['resources', 'none'],
    words: [REGISTRY, UNREACHABLE],
    kind: 'network',
    text: 'ECR is unreachable from the task. Check NAT, VPC endpoints and security groups.',
    nextStep: STEPS.routes,
  },
  {
    stages: ['resources', 'none'],
    words: [REGISTRY],
    kind: 'pull-rights',
    text: 'The registry’s credentials could not be read.',
    nextStep: STEPS.rights,
  },
  {
    stages: ['resources', 'none'],
    words: [/did not contain json key/i],
    kind: 'secret',
    text: 'A secret lacks the JSON key that its task definition names.',
    nextStep: 'Add the key to the secret, or correct the key in the task definition.',
  },
  {
    stages: ['resources', 'none'],
    words: [/invalid character|unexpected end of JSON|cannot unmarshal|in literal/i],
    kind: 'secret',
    text: 'A secret is no valid JSON, but its task definition asks for a key of it.',
    nextStep: 'Store the secret as a JSON object, or leave the key out of the task definition.',
  },
  {
    stages: ['resources'],
    words: [/env(?:ironment)? files?/i],
    kind: 'environment-file',
    text: 'An environment file could not be downloaded from S3.',
    nextStep: 'Check the file, the execution role’s rights to it, and the route to S3.',
  },
  {
    stages: ['resources', 'none'],
    words: [SECRET, DENIED],
    kind: 'secret',
    text: 'A secret could not be read: the execution role lacks permission.',
    nextStep: STEPS.secretRights,
  },
  {
    stages: ['resources', 'none'],
    words: [SECRET, /ResourceNotFound|invalid ssm parameters|can['’]t find|not found|does not exist|no value/i],
    kind: 'secret',
    text: 'A secret or parameter in its task definition does not exist.',
    nextStep: STEPS.secret,
  },
  {
    stages: ['resources', 'none'],
    words: [SECRET, UNREACHABLE],
    kind: 'network',
    text: 'Secrets Manager or SSM is unreachable from the task. Check NAT, VPC endpoints and security groups.',
    nextStep: STEPS.routes,
  },
  {
    stages: ['resources'],
    words: [SECRET],
    kind: 'secret',
    text: 'A secret or parameter could not be read.',
    nextStep: STEPS.secretRights,
  },
]

const volumeRules: readonly StopRule[] = [
  {
    stages: ['resources', 'start'],
    words: [VOLUME, /no such file or directory/i],
    kind: 'volume',
    text: 'A file system could not be mounted: its root directory does not exist.',
    nextStep: 'Create the directory, or use an access point that creates it.',
  },
  {
    stages: ['resources', 'start'],
    words: [VOLUME, DENIED],
    kind: 'volume',
    text: 'A file system could not be mounted: access is denied.',
    nextStep: 'Check the file system’s policy, the task role, and the access point.',
  },
  {
    stages: ['resources', 'start', 'volume'],
    words: [VOLUME],
    kind: 'volume',
    text: 'A file system could not be mounted.',
    nextStep: STEPS.volume,
  },
  {
    stages: ['volume'],
    words: [/^/],
    kind: 'volume',
    text: 'A volume could not be created.',
    nextStep: 'Check the volume in the task definition, and the rights of the infrastructure role.',
  },
  {
    words: [/EphemeralStorage provisioning/i],
    kind: 'volume',
    text: 'AWS did not provide its disk in time.',
    nextStep: 'Try again; if it stays, tell AWS Support.',
  },
]

const startRules: readonly StopRule[] = [
  {
    stages: ['start'],
    words: [/port is already allocated|address already in use/i],
    kind: 'port',
    text: 'Its host port is in use on the instance.',
    nextStep: 'Use a dynamic host port, or stop what uses the port.',
  },
  {
    stages: ['start'],
    words: [/device information|custom device|prestart hook|nvidia|\bgpu\b/i],
    kind: 'host',
    text: 'Its instance lacks a device or driver that it needs.',
    nextStep: 'Run it on an instance type and AMI with the device: check its placement constraints.',
  },
  {
    stages: ['start'],
    words: [/dependen/i],
    kind: 'start',
    text: 'A container that it depends on did not start or finish.',
    nextStep: 'Read the lines of the container that it waits for: `/ecs logs {service} --previous`.',
  },
  {
    stages: ['start'],
    words: [/executable file not found|no such file or directory|permission denied|not a directory/i],
    kind: 'command',
    text: 'The command of {container} cannot be run: its file is missing or not executable.',
    nextStep: STEPS.command,
  },
  {
    stages: ['start'],
    words: [/^/],
    kind: 'start',
    text: 'Its container could not be started: usually its command, its user or a mount.',
    nextStep: STEPS.command,
  },
]

const placeRules: readonly StopRule[] = [
  {
    words: [/InsufficientFreeAddresses|free addresses|public IP assignment/i],
    kind: 'network',
    text: 'Its subnet has no free IP address.',
    nextStep: 'Add a larger subnet to the service, or free addresses in this one.',
  },
  {
    words: [/network interface|configure ENI|device index|setup regular eni/i],
    kind: 'network',
    text: 'Its network interface could not be created or attached in time.',
    nextStep: 'Try again; if it stays, check the quotas of network interfaces and the tag policies.',
  },
  {
    words: [/limit on the number of vCPUs/i],
    kind: 'placement',
    text: 'The account’s Fargate vCPU quota was reached.',
    nextStep: 'Raise the quota of Fargate vCPUs in Service Quotas, or scale other services in.',
  },
  {
    words: [/Capacity is unavailable|RESOURCE:FARGATE/i],
    kind: 'placement',
    text: 'AWS had no capacity for it.',
    nextStep: STEPS.capacity,
  },
  {
    words: [/RESOURCE:|no container instance|ATTRIBUTE\b|EMPTY CAPACITY PROVIDER|selected compute strategy/],
    kind: 'placement',
    text: 'No instance of the cluster has room for it, or meets its constraints.',
    nextStep: STEPS.instances,
  },
  {
    words: [/unable to assume/i],
    kind: 'role',
    text: 'ECS could not assume a role of the task.',
    nextStep: 'Let ecs-tasks.amazonaws.com (a volume’s role: ecs.amazonaws.com) assume the role.',
  },
]

const hostRules: readonly StopRule[] = [
  {
    stages: ['none'],
    words: [/failed container health checks/i],
    kind: 'health',
    text: 'Its container health check failed repeatedly.',
    nextStep: 'Run the health check in the container, and compare its start period with the start-up time.',
  },
  {
    stages: ['none'],
    words: [/failed .*health checks/i],
    kind: 'load-balancer',
    text: 'The load balancer’s health check failed repeatedly.',
    nextStep: 'Check the health check’s path and port, the security groups, and the grace period.',
  },
  {
    stages: ['none'],
    words: [/^Host EC2|performing maintenance|instance draining|DRAINING state|deregistration forced/i],
    ...CODES.host,
  },
  {
    stages: ['runtime'],
    words: [/^/],
    kind: 'host',
    text: 'The container runtime did not answer in time.',
    nextStep: 'Try again; if it stays, replace the instance: `/ecs tasks {service}` shows where it ran.',
  },
  {
    stages: ['internal'],
    words: [/^/],
    kind: 'host',
    text: 'ECS had an internal error while it prepared the task.',
    nextStep: 'Try again; if it stays, tell AWS Support.',
  },
  {
    stages: ['none'],
    words: [/^\W*AGENT\W*$/],
    kind: 'host',
    text: 'The ECS agent on its instance is disconnected.',
    nextStep: 'Restart the agent, or replace the instance.',
  },
]

/** Rules for errors of resources to which no more specific rule applies. */
const restRules: readonly StopRule[] = [
  {
    stages: ['resources'],
    words: [/^\W*ResourceInitializationError\W*$/i],
    kind: 'secret',
    text: 'Secrets or registry credentials could not be read. Check the route to Secrets Manager, SSM or ECR, and the execution role.',
    nextStep: STEPS.routes,
  },
  {
    stages: ['resources'],
    words: [UNREACHABLE],
    kind: 'network',
    text: 'An AWS service that it needs to start is unreachable from the task.',
    nextStep: STEPS.routes,
  },
  {
    stages: ['resources'],
    words: [/^/],
    kind: 'start',
    text: 'A resource that it needs to start could not be initialized.',
    nextStep: STEPS.routes,
  },
]

export const RULES: readonly StopRule[] = [
  ...memoryRules,
  ...pullRules,
  ...placeRules,
  ...logRules,
  ...volumeRules,
  ...secretRules,
  ...startRules,
  ...hostRules,
  ...restRules,
]
