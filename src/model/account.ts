// An AWS account from the configuration: its environment, regions and roles.

import type { ServiceRef } from './ecs.ts'

export type Account = {
  readonly name: string
  readonly id: string
  readonly environment: string
  readonly regions: readonly string[]
  /** ARNs of the roles that Quarterdeck assumes, by purpose. Without `deployer` no rollbacks there; without `exec` no commands. */
  readonly roles: Readonly<Record<'viewer' | 'operator' | 'revert', string>> & {
    readonly deployer?: string | undefined
    readonly exec?: string | undefined
  }
}

export const accountOf = (
  { accounts }: { readonly accounts: readonly Account[] },
  ref: Pick<ServiceRef, 'accountId'>,
): Account => {
  const account = accounts.find(({ id }) => id === ref.accountId)
  if (account === undefined) throw new Error(`no account ${ref.accountId} in the configuration`)
  return account
}
