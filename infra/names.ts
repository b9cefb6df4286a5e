// Names and ARNs of the hub's resources and of the roles in each account.

export const FUNCTIONS = ['slack', 'query', 'decision', 'operation', 'schedule', 'events', 'export'] as const
export type FunctionName = (typeof FUNCTIONS)[number]

/** The alias of the operation function. A running operation stays on the version with which it started. */
export const ALIAS = 'live'
/** The alias of the KMS key that encrypts SecureStrings. */
export const KEY_ALIAS = 'alias/quarterdeck'

export const functionName = (name: FunctionName | '*'): string => `quarterdeck-${name}`

/** The group of all schedules. The trust policy of the scheduler's role allows only schedules of this group. */
export const SCHEDULE_GROUP = 'quarterdeck'

export const SCHEDULER = 'quarterdeck-scheduler'

/** The name of a function's dead-letter queue. */
export const failureQueueName = (name: FunctionName): string => `quarterdeck-${name}-failed`

/** The name of the bucket with the exported audit. It contains account and region, because bucket names are global. */
export const auditBucketName = ({ account, region }: Pick<Hub, 'account' | 'region'>): string =>
  `quarterdeck-audit-${account}-${region}`

export type Hub = {
  readonly account: string
  readonly region: string
  readonly table: string
  readonly partition?: string
  /** The accounts whose roles the hub may assume. If absent: all accounts that trust this hub. */
  readonly accounts?: readonly string[]
}

export type Where = Required<Hub>

export const whereOf = (hub: Hub): Where => ({ partition: 'aws', accounts: ['*'], ...hub })

export const arn = (service: string, { partition, region, account }: Where, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`

export const functionArn = (name: FunctionName, where: Where): string =>
  arn('lambda', where, `function:${functionName(name)}`)

/** The ARN of the operation function without version or alias. */
export const operationArn = (hub: Hub): string => functionArn('operation', whereOf(hub))

export const schedulerArn = ({ partition, account }: Where): string =>
  `arn:${partition}:iam::${account}:role/${SCHEDULER}`

export type SpokeRoleName = 'viewer' | 'operator' | 'deployer' | 'gate' | 'revert' | 'exec'

export const spokeRoleName = (role: SpokeRoleName): string => `quarterdeck-${role}`

/** The maximum session duration of all roles, in seconds. */
export const MAX_SESSION_SECONDS = 3_600
