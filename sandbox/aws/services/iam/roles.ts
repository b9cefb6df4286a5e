// The IAM roles of the world, stored as documents; iam/ evaluates them.

import { iamId } from '../../wire/credentials.ts'
import { MANAGED, type ManagedPolicy } from './managed-policies.ts'

export type Role = {
  readonly account: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly trustPolicy: unknown
  /** Inline policies; a document's `Id` is the policy's name. */
  readonly policies: readonly unknown[]
  /** Attached AWS managed policies. */
  readonly managed: readonly ManagedPolicy[]
  readonly boundary?: unknown
  readonly tags: Readonly<Record<string, string>>
  /** Seconds. */
  readonly maxSessionDuration: number
}

export type NewRole = Pick<Role, 'account' | 'name' | 'trustPolicy'> &
  Partial<Pick<Role, 'policies' | 'managed' | 'boundary' | 'tags' | 'maxSessionDuration'>>

/** All documents that grant the role permissions. */
export const documentsOf = ({ policies, managed }: Pick<Role, 'policies' | 'managed'>): readonly unknown[] => [
  ...policies,
  ...managed.map(name => MANAGED[name]),
]

export type Roles = ReturnType<typeof createRoles>

export const createRoles = () => {
  const roles = new Map<string, Role>()
  return {
    /** Replaces a role of the same name; its id stays. */
    add: (role: NewRole): Role => {
      const arn = `arn:aws:iam::${role.account}:role/${role.name}`
      const id = roles.get(arn)?.id ?? iamId('AROA')
      const added: Role = { policies: [], managed: [], tags: {}, maxSessionDuration: 3_600, ...role, arn, id }
      roles.set(arn, added)
      return added
    },
    find: (arn: string): Role | undefined => roles.get(arn),
    list: (): readonly Role[] => [...roles.values()],
    remove: (arn: string): boolean => roles.delete(arn),
  }
}
