// The published configuration: its shape, its defaults and its decoder. Every step reads it from SSM.

import type { Account } from '../../model/account.ts'
import { isRecord } from '../../model/json.ts'

export type RoleName = 'viewer' | 'operator' | 'exec'
/** The IAM roles of an account: people's roles, `deployer` for deployments, `revert` to end temporary changes. */
export type AccountRole = RoleName | 'deployer' | 'revert'

/** `U…` a person, `S…` a user group, `everyone`, or (approvers only) `operators`. */
export type Who = readonly string[]

/** The services that a rule applies to: all given keys must match; an empty scope matches every service. */
export type Scope = {
  readonly accounts?: readonly string[]
  readonly environment?: string
  /** `cluster/service` with `*` for any part of a name. */
  readonly targets?: readonly string[]
}

export type Access = Scope & { readonly who: Who; readonly role: RoleName; readonly isDenied: boolean }

/** Who may not approve changes of the services in the scope. */
export type ApproverDenial = Scope & { readonly who: Who }

export type ApprovalRule = {
  readonly when: Scope & {
    readonly commands?: readonly string[]
    readonly risk?: readonly string[]
    /** Tasks that the change adds, stops or replaces. */
    readonly atLeast?: number
  }
  readonly approvals: number
  readonly approvers: Who
  /** The channel of the card; absent: the channel of the request. */
  readonly channel?: string
  readonly expiryMinutes: number
  readonly remindMinutes: number
  readonly needsReason: boolean
  /** A regular expression that the reason must match. */
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

/** `longestMinutes`: of a temporary change, extensions included. `permanent`: who may suspend autoscaling without an end. */
export type LeaseRules = { readonly longestMinutes: number; readonly permanent: Who }

/** A command that people run by its name. `{name}` in `argv` is replaced by one of the listed values of that parameter. */
export type ExecCommand = {
  readonly argv: readonly string[]
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/** `deny`: regular expressions of blocked commands. `unlogged`: production services that may run commands without a session log. */
export type ExecRules = {
  readonly commands: Readonly<Record<string, ExecCommand>>
  readonly deny: readonly string[]
  readonly unlogged: readonly Scope[]
}

/** Text hidden in logs besides secrets. `patterns`: regular expressions. */
export type RedactionRules = { readonly emails: boolean; readonly patterns: readonly string[] }

/** `trusted`: channels where `--share` works although guests or people of other companies are members. */
export type SharingRules = { readonly trusted: readonly string[] }

export type Config = {
  /** The first 12 hex digits of the file's SHA-256: cards and audit records show it. */
  readonly version: string
  readonly team: string
  readonly accounts: readonly Account[]
  /** Corporate ids by Slack user id. */
  readonly people: Readonly<Record<string, string>>
  readonly access: readonly Access[]
  /** `deny: approver`. A key of its own: functions of earlier versions do not know the role. */
  readonly approverDenials: readonly ApproverDenial[]
  /** The approval rules. The key keeps its old name: functions of earlier versions read it. */
  readonly consent: readonly ApprovalRule[]
  readonly ceilings: readonly Ceiling[]
  readonly freezes: readonly Freeze[]
  /** `exec`: who may also run commands without approval. */
  readonly breakGlass?: { readonly who: Who; readonly channel: string; readonly exec?: Who }
  readonly exec: ExecRules
  readonly leases: LeaseRules
  readonly redaction: RedactionRules
  readonly sharing: SharingRules
  /** Mentioned when an operation needs a person; they may end any temporary change. */
  readonly onCall: Who
  readonly channel: string
  /** The daily summary of open requests and temporary changes. `at`: such as `08:00`, in `timeZone`. */
  readonly digest?: { readonly channel: string; readonly at: string; readonly timeZone: string }
}

/** For keys that configurations of earlier versions lack. */
export const DEFAULTS = {
  approverDenials: [],
  leases: { longestMinutes: 7 * 1_440, permanent: [] },
  onCall: [],
  exec: { commands: {}, deny: [], unlogged: [] },
  redaction: { emails: false, patterns: [] },
  sharing: { trusted: [] },
} as const

const LISTS = ['accounts', 'access', 'approverDenials', 'consent', 'ceilings', 'freezes', 'onCall'] as const

/** Decodes the published JSON; undefined when it is not a configuration. Checks the shape only: the compiler validated it. */
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

/** Environment names are free text: every name that begins with `prod` or `live` is production. */
export const isProduction = ({ environment }: Pick<Account, 'environment'>): boolean =>
  /^(?:prod|live)/i.test(environment)

/** `S…`: the id of a Slack user group. */
export const isGroup = (who: string): boolean => who.startsWith('S')

/** Every user group that a rule names: their members are loaded before rules are applied. */
export const groupsOf = ({
  access,
  approverDenials,
  consent,
  freezes,
  breakGlass,
  leases,
  onCall,
}: Config): readonly string[] => {
  const named = [
    ...access.map(({ who }) => who),
    ...approverDenials.map(({ who }) => who),
    ...consent.map(({ approvers }) => approvers),
    ...freezes.map(({ except }) => except),
    breakGlass?.who ?? [],
    breakGlass?.exec ?? [],
    leases.permanent,
    onCall,
  ]
  return [...new Set(named.flat().filter(isGroup))]
}
