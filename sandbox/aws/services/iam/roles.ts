// The IAM roles of the simulated world, as policy documents. The code in sandbox/aws/iam evaluates them.

import { iamId } from '../../wire/credentials.ts'
import { MANAGED, type ManagedPolicy } from './managed-policies.ts'

export type Role = {
  readonly account: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly trustPolicy: unknown
  /** The inline policies. The name of a policy is the `Id` of its document. */
  readonly policies: readonly unknown[]
  /** The AWS managed policies that are attached to the role. */
  readonly managed: readonly ManagedPolicy[]
  readonly boundary?: unknown
  readonly tags: Readonly<Record<string, string>>
  /** The maximum session duration in seconds. */
  readonly maxSessionDuration: number
}

export type NewRole = Pick<Role, 'account' | 'name' | 'trustPolicy'> &
  Partial<Pick<Role, 'policies' | 'managed' | 'boundary' | 'tags' | 'maxSessionDuration'>>

/** All policy documents that grant permissions to the role. */
export const documentsOf = ({ policies, managed }: Pick<Role, 'policies' | 'managed'>): readonly unknown[] => [
  ...policies,
  ...managed.map(name => MANAGED[name]),
]

export type Roles = ReturnType<typeof createRoles>

export const createRoles = () => {
  const roles = new Map<string, Role>()
  return {
    /** Adds a role. A role with the same name is replaced, and the new role keeps the id. */
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
