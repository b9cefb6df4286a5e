// Pure: the permissions that the agent needs from the task role to write session logs to the cluster's destinations
// (logging `OVERRIDE`). Sources: ECS developer guide, ECS Exec, IAM permissions required for Amazon CloudWatch Logs or
// Amazon S3 logging; which permissions are optional: the reference agent (session/shell/shell.go,
// cloudwatchlogsservice.go).
import { posix } from 'node:path'
import type { LogBucket } from '../../engine/change/plan.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { ExecSite } from './site.ts'
import type { Need } from './task-role.ts'

/**
 * A permission for logging. `simulated`: the resource to use in a simulation. It belongs to a single session, since a
 * policy may be narrower than in AWS's guide.
 */
export type LogNeed = Need & { readonly simulated: string }

/** An example of a session id in ECS's format. */
const SOME_SESSION = 'ecs-execute-command-00000000000000000'

type Place = Pick<ServiceRef, 'accountId' | 'region'> & { readonly partition: string }

export const logNeeds = (
  { logGroup, logBucket, sealed = [] }: Omit<ExecSite, 'tasks'>,
  place: Place,
): readonly LogNeed[] => [
  ...(logGroup === undefined ? [] : groupNeeds(logGroup, sealed.includes('group'), place)),
  ...(logBucket === undefined ? [] : bucketNeeds(logBucket, sealed.includes('bucket'), place)),
]

/**
 * The permissions for a log group. DescribeLogGroups is needed only to find the group's key. DescribeLogStreams is not
 * needed: since 2023 a write needs no sequence token.
 */
const groupNeeds = (name: string, isSealed: boolean, { partition, region, accountId }: Place): readonly LogNeed[] => {
  const group = `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`
  // CloudWatch Logs evaluates IAM policies with the ARN of the stream.
  const streams = { resource: `${group}:*`, simulated: `${group}:log-stream:${SOME_SESSION}` }
  return [
    { action: 'logs:CreateLogStream', ...streams, loses: 'group' },
    { action: 'logs:PutLogEvents', ...streams, loses: 'group' },
    { action: 'logs:DescribeLogStreams', ...streams, loses: 'nothing' },
    { action: 'logs:DescribeLogGroups', resource: '*', simulated: '*', ...(!isSealed && { loses: 'nothing' }) },
  ]
}

const bucketNeeds = ({ name, prefix }: LogBucket, isSealed: boolean, { partition }: Place): readonly LogNeed[] => {
  const bucket = `arn:${partition}:s3:::${name}`
  const objectOf = (key: string) => `${bucket}/${posix.join(prefix, key)}`
  return [
    { action: 's3:PutObject', resource: objectOf('*'), simulated: objectOf(`${SOME_SESSION}.log`), loses: 'bucket' },
    ...(isSealed ? [{ action: 's3:GetEncryptionConfiguration', resource: bucket, simulated: bucket }] : []),
  ]
}
