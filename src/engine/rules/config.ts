// The rules that Quarterdeck works by, read live by every step: never from the bundle or the environment.

import type { Account } from '../../model/account.ts'
import { isRecord } from '../../model/json.ts'

export type RoleName = 'viewer' | 'operator' | 'exec'
/** What is assumed in an account: people's roles, the one that deploys for operators, and the one that only puts back what leases held. */
export type AccountRole = RoleName | 'deployer' | 'revert'

/** `U…` a person, `S…` a user group, `everyone`, or (approvers only) `operators`. */
export type Who = readonly string[]

/** Where a rule holds: all of what is given has to fit; nothing given fits everything. */
export type Scope = {
  readonly accounts?: readonly string[]
  readonly environment?: string
  /** `cluster/service` with `*` for any part of a name. */
  readonly targets?: readonly string[]
}

export type Access = Scope & { readonly who: Who; readonly role: RoleName; readonly isDenied: boolean }

export type ApprovalRule = {
  readonly when: Scope & {
    readonly commands?: readonly string[]
    readonly risk?: readonly string[]
    /** Tasks that the change adds, stops or replaces. */
    readonly atLeast?: number
  }
  readonly approvals: number
  readonly approvers: Who
  /** Where the card goes; without it, where it was asked. */
  readonly channel?: string
  readonly expiryMinutes: number
  readonly remindMinutes: number
  readonly needsReason: boolean
  /** The reason has to hold something of this form. */
  readonly ticket?: string
  readonly maySelfApprove: boolean
}

export type Ceiling = Scope & { readonly tasks: number }

export type Freeze = Scope & {
  readonly name: string
  readonly from: string
  readonly until: string
  readonly except: Who
}

/** `longestMinutes`: a lease, extensions included. `permanent`: who may suspend autoscaling without an end. */
export type LeaseRules = { readonly longestMinutes: number; readonly permanent: Who }

/** A command that people run by its name. `{name}` in `argv` stands for a parameter, whose values are all listed. */
export type ExecCommand = {
  readonly argv: readonly string[]
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/** `deny`: regular expressions of what nobody runs. `unlogged`: where production may keep no log of what was run. */
export type ExecRules = {
  readonly commands: Readonly<Record<string, ExecCommand>>
  readonly deny: readonly string[]
  readonly unlogged: readonly Scope[]
}

/** What is hidden in logs beside secrets. `patterns`: regular expressions. */
export type RedactionRules = { readonly emails: boolean; readonly patterns: readonly string[] }

/** `trusted`: channels that may be shown things although guests or other companies read along. */
export type SharingRules = { readonly trusted: readonly string[] }

export type Config = {
  /** Of the published text: stands on cards and in the audit. */
  readonly version: string
  readonly team: string
  readonly accounts: readonly Account[]
  /** Corporate ids by Slack user id. */
  readonly people: Readonly<Record<string, string>>
  readonly access: readonly Access[]
  readonly consent: readonly ApprovalRule[]
  readonly ceilings: readonly Ceiling[]
  readonly freezes: readonly Freeze[]
  /** `exec`: who may also run commands without consent. */
  readonly breakGlass?: { readonly who: Who; readonly channel: string; readonly exec?: Who }
  readonly exec: ExecRules
  readonly leases: LeaseRules
  readonly redaction: RedactionRules
  readonly sharing: SharingRules
  /** Who is called when something has to be looked at, and may end any lease. */
  readonly onCall: Who
  readonly channel: string
  /** Where and when what waits and what is held is told once a day; `at`: `08:00`, by the clock of `timeZone`. */
  readonly digest?: { readonly channel: string; readonly at: string; readonly timeZone: string }
}

/** What holds where the published configuration says nothing of it. */
export const DEFAULTS = {
  leases: { longestMinutes: 7 * 1_440, permanent: [] },
  onCall: [],
  exec: { commands: {}, deny: [], unlogged: [] },
  redaction: { emails: false, patterns: [] },
  sharing: { trusted: [] },
} as const

const LISTS = ['accounts', 'access', 'consent', 'ceilings', 'freezes', 'onCall'] as const

/** Published text back to a configuration; undefined when it is not one. What publishes validates; this only distrusts. */
export const decodeConfig = (text: string): Config | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value) || !isRecord(value['people'])) return undefined
    const hasTexts = ['version', 'team', 'channel'].every(key => typeof value[key] === 'string')
    const whole: Readonly<Record<string, unknown>> = { ...DEFAULTS, ...value }
    return hasTexts && LISTS.every(key => Array.isArray(whole[key])) && isLeaseRules(whole['leases'])
      ? (whole as unknown as Config)
      : undefined
  } catch {
    return undefined
  }
}

const isLeaseRules = (value: unknown): boolean =>
  isRecord(value) && typeof value['longestMinutes'] === 'number' && Array.isArray(value['permanent'])

/** Its name is free: whoever calls it `prod` or `live-eu` means the same. */
export const isProduction = ({ environment }: Pick<Account, 'environment'>): boolean =>
  /^(?:prod|live)/i.test(environment)

/** Every user group that any rule names: their members have to be known before a rule is applied. */
export const groupsOf = ({ access, consent, freezes, breakGlass, leases, onCall }: Config): readonly string[] => {
  const named = [
    ...access.map(({ who }) => who),
    ...consent.map(({ approvers }) => approvers),
    ...freezes.map(({ except }) => except),
    breakGlass?.who ?? [],
    breakGlass?.exec ?? [],
    leases.permanent,
    onCall,
  ]
  return [...new Set(named.flat().filter(who => who.startsWith('S')))]
}
