// The rules and places that Quarterdeck works by, read live by every step: never from the bundle or the environment.
import type { Actor, ServiceRef } from './model.ts'

export type Account = {
  readonly name: string
  readonly id: string
  readonly regions: readonly string[]
  /** ARNs of the roles that are assumed there, by what they are for. */
  readonly roles: { readonly viewer: string; readonly operator: string }
}

export type Config = {
  /** Of the published text: stands on cards and in the audit. */
  readonly version: string
  readonly team: string
  readonly accounts: readonly Account[]
  readonly consent: { readonly channel: string; readonly approvals: number; readonly expiryMinutes: number }
}

export const isOurs = (config: Config, actor: Actor): boolean => actor.team === config.team

export const accountOf = (accounts: readonly Account[], ref: ServiceRef): Account => {
  const account = accounts.find(({ id }) => id === ref.accountId)
  if (account === undefined) throw new Error(`no account ${ref.accountId} in the configuration`)
  return account
}
