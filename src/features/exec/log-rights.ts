// What the agent needs of the task role to keep the log of a session where the cluster wants it (logging `OVERRIDE`).
// Sources: ECS developer guide, ECS Exec, IAM permissions required for Amazon CloudWatch Logs or Amazon S3 logging; what it goes on
// without: the reference agent (session/shell/shell.go, cloudwatchlogsservice.go).
import { posix } from 'node:path'
import type { LogBucket } from '../../engine/change/plan.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { ExecSite } from './site.ts'
import type { Need } from './task-role.ts'

/** Where the answer for one session tells it for all: policies may say more of it than what the guide's do. */
export type LogNeed = Need & { readonly asked: string }

/** As ECS names them. */
const SOME_SESSION = 'ecs-execute-command-00000000000000000'

type Place = Pick<ServiceRef, 'accountId' | 'region'> & { readonly partition: string }

export const logNeeds = (
  { logGroup, logBucket, sealed = [] }: Omit<ExecSite, 'tasks'>,
  place: Place,
): readonly LogNeed[] => [
  ...(logGroup === undefined ? [] : groupNeeds(logGroup, sealed.includes('group'), place)),
  ...(logBucket === undefined ? [] : bucketNeeds(logBucket, sealed.includes('bucket'), place)),
]

/** It describes the group to see its key, and neither group nor stream to write: since 2023 a stream needs no token. */
const groupNeeds = (name: string, isSealed: boolean, { partition, region, accountId }: Place): readonly LogNeed[] => {
  const group = `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`
  // A stream is in every ARN that CloudWatch Logs asks IAM about.
  const streams = { resource: `${group}:*`, asked: `${group}:log-stream:${SOME_SESSION}` }
  return [
    { action: 'logs:CreateLogStream', ...streams, loses: 'group' },
    { action: 'logs:PutLogEvents', ...streams, loses: 'group' },
    { action: 'logs:DescribeLogStreams', ...streams, loses: 'nothing' },
    { action: 'logs:DescribeLogGroups', resource: '*', asked: '*', ...(!isSealed && { loses: 'nothing' }) },
  ]
}

const bucketNeeds = ({ name, prefix }: LogBucket, isSealed: boolean, { partition }: Place): readonly LogNeed[] => {
  const bucket = `arn:${partition}:s3:::${name}`
  const objectOf = (key: string) => `${bucket}/${posix.join(prefix, key)}`
  return [
    { action: 's3:PutObject', resource: objectOf('*'), asked: objectOf(`${SOME_SESSION}.log`), loses: 'bucket' },
    ...(isSealed ? [{ action: 's3:GetEncryptionConfiguration', resource: bucket, asked: bucket }] : []),
  ]
}
