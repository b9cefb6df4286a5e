// Session logs, which the agent writes with the task role: a stream in the log group of the cluster or the container,
// and an object in the cluster's bucket. Sources: ECS developer guide, ecs-exec-logging; the reference agent; for the
// container's log group, seen in the field (dev.classmethod.jp, ecs-exec-use-task-role-for-logging).
import { posix } from 'node:path'
import { AwsError } from '../aws/wire/service.ts'
import type { Logs } from '../world/logs.ts'
import type { Container } from './container.ts'
import type { TaskRole } from './task-role.ts'

/** The maximum size of a log in bytes. The sandbox drops further output; AWS keeps all output. */
const MOST_BYTES = 1_048_576

/** The text of the reference agent if encryption is required, but the log group is not encrypted. */
const UNENCRYPTED =
  "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption."
const UNVALIDATED =
  "Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: "

const configurationOf = ({ task }: Container) => task.cluster.configuration?.executeCommandConfiguration

const bucketOf = (container: Container) => {
  const { logging, logConfiguration } = configurationOf(container) ?? {}
  const { s3BucketName: name, s3KeyPrefix: prefix = '', s3EncryptionEnabled: isSealed = false } = logConfiguration ?? {}
  return logging === 'OVERRIDE' && name ? { name, prefix, isSealed } : undefined
}

/** The reason why the log settings prevent a session; undefined if there is none. No sandbox log group is encrypted. */
export const refusalByLog = (container: Container, role: TaskRole): string | undefined => {
  if (configurationOf(container)?.logConfiguration?.cloudWatchEncryptionEnabled) return UNENCRYPTED
  const bucket = bucketOf(container)
  if (!bucket?.isSealed) return undefined
  try {
    role.checkEncryption(bucket.name)
    return undefined
  } catch (error) {
    // The agent's SDK also adds a status and request ids on a separate line. The sandbox does not add this line.
    if (error instanceof AwsError) return `${UNVALIDATED}${error.code}: ${error.message}`
    throw error
  }
}

const groupOf = (container: Container): string | undefined => {
  const { logging = 'DEFAULT', logConfiguration } = configurationOf(container) ?? {}
  if (logging === 'NONE') return undefined
  if (logging === 'OVERRIDE') return logConfiguration?.cloudWatchLogGroupName
  return container.definition.logConfiguration?.options?.['awslogs-group']
}

export type SessionLog = {
  readonly add: (bytes: Uint8Array) => void
  /** Writes the log, as the agent does at the end of a session. */
  readonly close: () => void
}

export type LogOptions = {
  readonly logs: Logs
  readonly role: TaskRole
  readonly container: Container
  readonly sessionId: string
  /** Whether the image has a shell. Without `script` and `cat` in the image, nothing is logged. */
  readonly hasShell: boolean
}

export const createSessionLog = ({ logs, role, container, sessionId, hasShell }: LogOptions): SessionLog => {
  const kept: Uint8Array[] = []
  let size = 0
  return {
    add: bytes => {
      size += bytes.length
      if (size <= MOST_BYTES) kept.push(bytes)
    },
    close: () => {
      if (!hasShell) return
      const shown = Buffer.concat(kept)
      keepInBucket(shown, container, role, sessionId)
      keepInGroup(shown.toString('utf8'), { logs, role, container, sessionId })
    },
  }
}

/** Writes the log to the bucket. If S3 refuses, only the agent's own log reports the error, which users cannot read. */
const keepInBucket = (shown: Uint8Array, container: Container, role: TaskRole, sessionId: string): void => {
  const bucket = bucketOf(container)
  if (bucket === undefined) return
  try {
    role.keep(bucket.name, posix.join(bucket.prefix, `${sessionId}.log`), shown)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
}

/** Writes the log to the log group. If CloudWatch Logs refuses, users do not see the error. */
const keepInGroup = (
  shown: string,
  { logs, role, container, sessionId }: Pick<LogOptions, 'logs' | 'role' | 'container' | 'sessionId'>,
): void => {
  const name = groupOf(container)
  if (name === undefined || !role.mayWrite(name, sessionId)) return
  const { account, region } = container.task.cluster
  const place = { account, region }
  const group = logs.find(place, name) ?? logs.create(place, name)
  for (const line of shown.split(/\r?\n/)) if (line !== '') logs.append(group, sessionId, line)
}
