// The IAM roles of the world, kept as the documents they are; evaluating them is not done here.

import { iamId } from './credentials.ts'

export type Role = {
  readonly account: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly trustPolicy: unknown
  readonly policies: readonly unknown[]
  readonly boundary?: unknown
  readonly tags: Readonly<Record<string, string>>
  /** Seconds. */
  readonly maxSessionDuration: number
}

export type NewRole = Pick<Role, 'account' | 'name' | 'trustPolicy'> &
  Partial<Pick<Role, 'policies' | 'boundary' | 'tags' | 'maxSessionDuration'>>

export type Roles = ReturnType<typeof createRoles>

export const createRoles = () => {
  const roles = new Map<string, Role>()
  return {
    /** Replaces the role of that name if there is one; its id stays. */
    add: (role: NewRole): Role => {
      const arn = `arn:aws:iam::${role.account}:role/${role.name}`
      const id = roles.get(arn)?.id ?? iamId('AROA')
      const added: Role = { policies: [], tags: {}, maxSessionDuration: 3_600, ...role, arn, id }
      roles.set(arn, added)
      return added
    },
    find: (arn: string): Role | undefined => roles.get(arn),
    list: (): readonly Role[] => [...roles.values()],
    remove: (arn: string): boolean => roles.delete(arn),
  }
}
