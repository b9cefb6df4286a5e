// The operations on tags of scalable targets, which are named by ARN.

import type {
  ListTagsForResourceRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Target } from '../../../world/autoscaling/state.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'
import { placeOf } from './find.ts'

const MOST = 50

const expectTagged = (autoscaling: Autoscaling, arn = '', call: Call): Target => {
  const { account, region } = placeOf(call)
  const target = autoscaling
    .targets()
    .find(found => found.arn === arn && found.account === account && found.region === region)
  if (!target)
    throw new AwsError('ResourceNotFoundException', 'Scalable Target not found', {
      status: 404,
      fields: { ResourceName: arn },
    })
  return target
}

const tag = (autoscaling: Autoscaling, { ResourceARN, Tags }: TagResourceRequest, call: Call) => {
  const target = expectTagged(autoscaling, ResourceARN, call)
  const tags = { ...target.tags, ...Tags }
  if (Object.keys(tags).length > MOST)
    throw new AwsError('TooManyTagsException', `A resource can have at most ${MOST} tags.`)
  target.tags = tags
  return {}
}

const untag = (autoscaling: Autoscaling, { ResourceARN, TagKeys }: UntagResourceRequest, call: Call) => {
  const target = expectTagged(autoscaling, ResourceARN, call)
  target.tags = Object.fromEntries(Object.entries(target.tags).filter(([key]) => !TagKeys?.includes(key)))
  return {}
}

export const tagOperations = (autoscaling: Autoscaling) =>
  ({
    TagResource: (input: TagResourceRequest, call) => tag(autoscaling, input, call),
    UntagResource: (input: UntagResourceRequest, call) => untag(autoscaling, input, call),
    ListTagsForResource: ({ ResourceARN }: ListTagsForResourceRequest, call) => ({
      Tags: expectTagged(autoscaling, ResourceARN, call).tags,
    }),
  }) satisfies Record<string, Operation>
