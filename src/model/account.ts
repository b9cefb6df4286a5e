// An AWS account as configuration names it: its environment, regions and roles.

import type { ServiceRef } from './ecs.ts'

export type Account = {
  readonly name: string
  readonly id: string
  readonly environment: string
  readonly regions: readonly string[]
  /** ARNs of the roles that are assumed there, by what they are for. Without `deployer` or `exec`, nobody rolls back or runs commands there. */
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
