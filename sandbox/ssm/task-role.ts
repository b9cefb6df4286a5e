// The calls that the exec agent makes with its task role: it reads parameters, decrypts the session's data key with
// KMS, and writes logs.

import type { Context } from '../aws/iam/context.ts'
import { evaluate } from '../aws/iam/evaluate.ts'
import { documentsOf, type Roles } from '../aws/services/iam/roles.ts'
import { isAdmitted, type Kms } from '../aws/services/kms/kms-keys.ts'
import type { Buckets } from '../aws/services/s3/buckets.ts'
import type { Parameters } from '../aws/services/ssm/parameters.ts'
import { AwsError } from '../aws/wire/service.ts'
import type { Fleet } from '../world/fleet.ts'
import type { GetParameters } from './command.ts'
import type { Container } from './container.ts'

export type TaskRole = {
  /** The cluster's KMS key, if its sessions are encrypted. */
  readonly kmsKeyId?: string
  readonly getParameters: GetParameters
  /** Decrypts the data key. Rejects with KMS's text. */
  readonly decrypt: (ciphertext: Uint8Array, sessionId: string) => Promise<Uint8Array>
  /**
   * Throws with S3's text if the role may not read the bucket's encryption settings. There is no check of the settings,
   * because all new buckets are encrypted (S3 user guide, since 2023).
   */
  readonly checkEncryption: (bucket: string) => void
  /** Writes an object. Throws with S3's text. */
  readonly keep: (bucket: string, key: string, bytes: Uint8Array) => void
  /** Whether the role may create the log stream and write to this stream. */
  readonly mayWrite: (group: string, stream: string) => boolean
  /** Whether the role allows the agent to reach Session Manager. */
  readonly isConnected: () => boolean
}

const CHANNELS = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel']

/**
 * The CloudWatch Logs actions that the agent needs. Source: the reference agent (cloudwatchlogsservice.go, StreamData).
 */
const WRITING = ['CreateLogStream', 'PutLogEvents']

/** The policy for ECS Exec from the ECS developer guide, reduced to the actions that the agent needs. */
const policyFor = (account: string) => ({
  Version: '2012-10-17',
  Id: 'ecs-exec',
  Statement: [
    { Effect: 'Allow', Action: CHANNELS.map(action => `ssmmessages:${action}`), Resource: '*' },
    { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: `arn:aws:ssm:*:${account}:parameter/*` },
    { Effect: 'Allow', Action: ['s3:GetEncryptionConfiguration', 's3:PutObject'], Resource: 'arn:aws:s3:::*' },
    { Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
    {
      Effect: 'Allow',
      Action: [...WRITING, 'DescribeLogStreams'].map(action => `logs:${action}`),
      Resource: `arn:aws:logs:*:${account}:log-group:*`,
    },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: `arn:aws:kms:*:${account}:key/*` },
  ],
})

/** Adds the task role and execution role of every task definition that exists at the time of the call. */
export const addTaskRoles = (roles: Roles, fleet: Fleet): void => {
  for (const { account, taskDefinitions } of fleet.sites.values())
    for (const { input } of [...taskDefinitions.values()].flat()) {
      const [task, execution] = [input.taskRoleArn, input.executionRoleArn].map(arn => arn?.split('/').at(-1))
      if (execution !== undefined) roles.add({ account, name: execution, trustPolicy: {} })
      if (task !== undefined) roles.add({ account, name: task, trustPolicy: {}, policies: [policyFor(account)] })
    }
}

type Parts = {
  readonly roles: Roles
  readonly parameters: Parameters
  readonly kms: Kms
  readonly buckets: Buckets
}

/** Whether a role may perform an action. A role that is not in the sandbox may perform every action. */
const createMay =
  (roles: Roles, roleArn: string) =>
  (action: string, resource: string, context: Context = {}): boolean => {
    const role = roles.find(roleArn)
    if (!role) return true
    const { boundary } = role
    const policies = { identity: documentsOf(role), ...(boundary !== undefined && { boundary }) }
    return evaluate(policies, { action, resource, context }).decision === 'allowed'
  }

const refused = (roleArn: string, action: string, resource: string) =>
  new AwsError(
    'AccessDeniedException',
    `User: ${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ecs is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  )

export const createTaskRoles =
  ({ roles, parameters, kms, buckets }: Parts) =>
  ({ task, definition, target }: Container): TaskRole => {
    const { account, region, configuration } = task.cluster
    const place = { account, region }
    const roleArn = task.definition.input.taskRoleArn ?? ''
    const may = createMay(roles, roleArn)
    const demandOf = (action: string, bucket: string, resource: string): void => {
      if (buckets.find(bucket).account !== account || !may(action, `arn:aws:s3:::${resource}`))
        throw new AwsError('AccessDenied', 'Access Denied', { status: 403 })
    }
    const kmsKeyId = configuration?.executeCommandConfiguration?.kmsKeyId
    const hasKeysOfItsOwn = definition.environment?.some(({ name }) => name === 'AWS_ACCESS_KEY_ID') ?? false
    return {
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      // Access keys in the environment are used instead of the role (AWS's exec checker warns about them). In the sandbox,
      // such keys have no permissions. ECS reports an agent as running even if it cannot reach Session Manager (seen).
      isConnected: () =>
        !hasKeysOfItsOwn &&
        !definition.readonlyRootFilesystem &&
        CHANNELS.every(action => may(`ssmmessages:${action}`, '*')),
      checkEncryption: bucket => demandOf('s3:GetEncryptionConfiguration', bucket, bucket),
      keep: (bucket, key, bytes) => {
        demandOf('s3:PutObject', bucket, `${bucket}/${key}`)
        buckets.put(bucket, key, bytes)
      },
      mayWrite: (group, stream) => {
        const arn = `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`
        return WRITING.every(action => may(`logs:${action}`, arn))
      },
      getParameters: async names => {
        const values = names.map(given => {
          const [name = '', version] = given.split(':')
          const arn = `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`
          if (!may('ssm:GetParameters', arn)) throw refused(roleArn, 'ssm:GetParameters', arn)
          const versions = parameters.versions(place, name)
          const found = version === undefined ? versions.at(-1) : versions.find(one => String(one.version) === version)
          if (!found) throw new AwsError('InvalidParameters', given)
          return [given, found.value] as const
        })
        return new Map(values)
      },
      decrypt: async (ciphertext, sessionId) => {
        const context = { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': target }
        const { key, plaintext } = kms.open(place, ciphertext, context)
        const keys = kms.contextKeys(context)
        if (!isAdmitted(key, roleArn) || !may('kms:Decrypt', key.arn, keys))
          throw refused(roleArn, 'kms:Decrypt', key.arn)
        return plaintext
      },
    }
  }
