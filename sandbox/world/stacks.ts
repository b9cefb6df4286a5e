// CloudFormation stacks that manage ECS resources: their templates and resources.

import type { Clock } from './clock.ts'
import type { Place } from './place.ts'

export type StackResource = {
  readonly logicalId: string
  /** The value of `Ref` for the resource; for an ECS service, its ARN. */
  readonly physicalId: string
  readonly type: string
}

export type Stack = Place & {
  readonly id: string
  readonly name: string
  /** The template as it was uploaded, YAML or JSON. */
  readonly template: string
  readonly createdAt: number
  readonly tags: Readonly<Record<string, string>>
  readonly resources: readonly StackResource[]
}

export type NewStack = Pick<Stack, 'name' | 'template' | 'resources'> & Partial<Pick<Stack, 'tags' | 'createdAt'>>

export type Stacks = ReturnType<typeof createStacks>

/** Derives a UUID from a text. The same text always gives the same UUID, and no random numbers are used. */
const uuidOf = (text: string): string => {
  let hash = 0x811c9dc5
  const hex = Array.from({ length: 4 }, (_, salt) => {
    for (const char of `${salt}${text}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
    return hash.toString(16).padStart(8, '0')
  }).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export const createStacks = (clock: Clock) => {
  const stacks = new Map<string, Stack>()
  const list = ({ account, region }: Place): readonly Stack[] =>
    [...stacks.values()].filter(stack => stack.account === account && stack.region === region)
  return {
    add: ({ account, region }: Place, { tags = {}, createdAt = clock.now(), ...made }: NewStack): Stack => {
      const id = `arn:aws:cloudformation:${region}:${account}:stack/${made.name}/${uuidOf(account + region + made.name)}`
      const stack = { ...made, account, region, id, tags, createdAt }
      stacks.set(id, stack)
      return stack
    },
    remove: (id: string): void => void stacks.delete(id),
    list,
    /** Finds a stack by its name or id. */
    find: (place: Place, given: string): Stack | undefined =>
      list(place).find(({ id, name }) => id === given || name === given),
    /** Finds the stack that created a resource. */
    ofResource: (place: Place, physicalId: string): Stack | undefined =>
      list(place).find(({ resources }) => resources.some(resource => resource.physicalId === physicalId)),
  }
}

/** The tags that CloudFormation adds to every resource. */
export const stackTags = ({ id, name }: Stack, logicalId: string): Readonly<Record<string, string>> => ({
  'aws:cloudformation:stack-name': name,
  'aws:cloudformation:stack-id': id,
  'aws:cloudformation:logical-id': logicalId,
})
