// An AWS account from the configuration: its environment, regions and roles.

import type { ServiceRef } from './ecs.ts'

export type Account = {
  readonly name: string
  readonly id: string
  readonly environment: string
  readonly regions: readonly string[]
  /**
   * The ARNs of the roles that Quarterdeck assumes in this account, by purpose. With `viewer` alone, the account is read-only.
   * Without `deployer`, rollbacks are unavailable there; without `exec`, commands are; without `gate`, gates of deployments are.
   */
  readonly roles: {
    readonly viewer: string
    readonly operator?: string | undefined
    readonly revert?: string | undefined
    readonly deployer?: string | undefined
    readonly exec?: string | undefined
    readonly gate?: string | undefined
  }
  /** Changes there are planned, approved and recorded, and never made. */
  readonly shadow?: boolean | undefined
}

/** Whether nobody changes anything there, by any rule. */
export const isReadOnly = ({ roles }: Pick<Account, 'roles'>): boolean => roles.operator === undefined

export const accountOf = (
  { accounts }: { readonly accounts: readonly Account[] },
  ref: Pick<ServiceRef, 'accountId'>,
): Account => {
  const account = accounts.find(({ id }) => id === ref.accountId)
  if (account === undefined) throw new Error(`no account ${ref.accountId} in the configuration`)
  return account
}
