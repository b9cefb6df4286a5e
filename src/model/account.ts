// An AWS account from the configuration: its environment, regions and roles.

import type { ServiceRef } from './ecs.ts'

export type Account = {
  readonly name: string
  readonly id: string
  readonly environment: string
  readonly regions: readonly string[]
  /**
   * The ARNs of the roles that Quarterdeck assumes in this account, by purpose. Without `deployer`, rollbacks are
   * unavailable there; without `exec`, commands are; without `gate`, gates of deployments are.
   */
  readonly roles: Readonly<Record<'viewer' | 'operator' | 'revert', string>> & {
    readonly deployer?: string | undefined
    readonly exec?: string | undefined
    readonly gate?: string | undefined
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
