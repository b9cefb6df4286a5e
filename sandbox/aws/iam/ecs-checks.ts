// Functions that build the permissions which Amazon ECS calls need.

import type { Tag } from '@aws-sdk/client-ecs'
import { type Context, tagKeys } from './context.ts'
import type { Thing, Things } from './ecs-things.ts'
import type { Check } from './evaluate.ts'

export const checkOf = (
  { call }: Things,
  { arn, context }: Thing,
  more: Context = {},
  action = call.action,
): Check => ({
  action: `ecs:${action}`,
  resource: arn,
  context: { ...context, ...more },
})

export const requestTags = (tags: readonly Tag[] | undefined): Context => {
  const sent = Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]))
  return { ...tagKeys('aws:RequestTag', sent), 'aws:TagKeys': Object.keys(sent) }
}

/** The additional permissions for creating a resource with tags: the caller must also be allowed to tag the resource. */
export const tagOnCreate = (things: Things, { arn }: Thing, tags: readonly Tag[] | undefined): readonly Check[] =>
  tags?.length
    ? [
        checkOf(
          things,
          things.any(arn),
          { ...requestTags(tags), 'ecs:CreateAction': things.call.action },
          'TagResource',
        ),
      ]
    : []
