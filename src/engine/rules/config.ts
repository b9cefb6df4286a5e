// The published configuration: its shape, its defaults and its decoder. Every step reads it from SSM.

import type { ProblemKind } from '../../kit/language/kinds/problems.ts'
import type { Severity } from '../../kit/language/severity.ts'
import type { Account } from '../../model/account.ts'
import type { Level } from '../change/plan.ts'

export type RoleName = 'viewer' | 'operator' | 'exec'
/**
 * The names of an account's IAM roles: people's roles, `deployer` for deployments, `gate` to answer their gates, and
 * `revert` to end temporary changes.
 */
export type AccountRole = RoleName | 'deployer' | 'gate' | 'revert'

/** A list of people: `U…` is a person, `S…` a user group, `everyone`, or (for approvers only) `operators`. */
export type Who = readonly string[]

/** The services that a rule applies to. A service must match every given key; an empty scope matches every service. */
export type Scope = {
  readonly accounts?: readonly string[]
  readonly environment?: string
  /** Patterns `cluster/service`; `*` stands for any part of a name. */
  readonly targets?: readonly string[]
  /** As published: names of teams. `withTeamRules` makes one rule of each. */
  readonly teams?: readonly string[]
  /** The team whose services the targets are. A service of no team takes the rule, too, where it restricts. */
  readonly team?: string
}

/** People with the services that they answer for. `group`: a user group. `onCall`: whom to mention first. */
export type Team = {
  readonly group: string
  readonly services: readonly string[]
  readonly channel?: string
  readonly onCall?: Who
}

/** `number`: of the rule in the file, from 1, where one rule of the file has become several. */
type Numbered = { readonly number?: number }

export type Access = Scope & Numbered & { readonly who: Who; readonly role: RoleName; readonly isDenied: boolean }

/** Who may not approve changes of the services in the scope. */
export type ApproverDenial = Scope & { readonly who: Who }

export type ApprovalRule = Numbered & {
  readonly when: Scope & {
    readonly commands?: readonly string[]
    readonly risk?: readonly string[]
    /** The rule applies if the change adds, stops or replaces at least this number of tasks. */
    readonly atLeast?: number
    /** With `atLeast`: several changes within this time count together, from what the service had before them. */
    readonly withinMinutes?: number
  }
  readonly approvals: number
  readonly approvers: Who
  /** The channel in which the card is posted. If absent: the channel of the request. */
  readonly channel?: string
  readonly expiryMinutes: number
  readonly remindMinutes: number
  readonly needsReason: boolean
  /** A regular expression that the reason of a change must match, for example a ticket number. */
  readonly ticket?: string
  readonly maySelfApprove: boolean
  /** The approvals while a confirmed incident is open on the service: see incident-rule.ts. */
  readonly incident?: { readonly approvals: number }
}

/** The risk of matching changes is at least this. A lower class than that of the change has no effect. */
export type RiskRule = Numbered & {
  readonly when: Scope & { readonly commands?: readonly string[] }
  readonly atLeast: Level
}

export type Ceiling = Scope & { readonly tasks: number }

export type Freeze = Scope & {
  readonly name: string
  readonly from: string
  readonly until: string
  readonly except: Who
}

/**
 * The rules for temporary changes. `longestMinutes`: the maximum duration, including extensions. `permanent`: who may
 * suspend autoscaling without an end.
 */
export type LeaseRules = { readonly longestMinutes: number; readonly permanent: Who }

/**
 * A command that people run by its name. Each `{name}` in `argv` is replaced with one of the values listed for that
 * parameter.
 */
export type ExecCommand = {
  readonly argv: readonly string[]
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/**
 * The rules for commands. `deny`: regular expressions of blocked commands. `unlogged`: production services that may run
 * commands without a log of the session, or of the task of `run`.
 */
export type ExecRules = {
  readonly commands: Readonly<Record<string, ExecCommand>>
  readonly deny: readonly string[]
  readonly unlogged: readonly Scope[]
}

/** The repositories, besides the one that a container runs from, from which services in the scope may run images. `*`: any part of a name. */
export type ImageRule = Scope & { readonly repositories: readonly string[] }

/** The text that is hidden in logs in addition to secrets. `patterns`: regular expressions. */
export type RedactionRules = { readonly emails: boolean; readonly patterns: readonly string[] }

/**
 * The rules for `--share`. `trusted`: channels in which it works even if guests or people of other companies are
 * members.
 */
export type SharingRules = { readonly trusted: readonly string[] }

/** For one person: requests that await approval, log follows at once, and commands in a minute. */
export type Budgets = { readonly waiting: number; readonly follows: number; readonly commandsPerMinute: number }

/**
 * How to find the person behind a deployment. `role`: the ARN of the IAM role of a pipeline or of people; `*` stands for any
 * part of a name. `person`: what has the corporate id of the person: the name of the role's session, its source identity, or a
 * tag of the task definition that the same role registered.
 */
export type Deployer = { readonly role: string; readonly person?: string }

/** What a digest may be about, in the order in which it shows it. */
export const DIGEST_TOPICS = [
  'waiting',
  'left-overs',
  'emergencies',
  'suspensions',
  'temporary',
  'deployments',
  'posture',
  'cost',
] as const

export type DigestTopic = (typeof DIGEST_TOPICS)[number]

/**
 * A summary that is posted on a schedule. `cron`: as EventBridge writes it, `cron(0 9 ? * MON-FRI *)`, in `zone` (an IANA name).
 * `places`: `account`, `account.region` or `account.region/cluster`; absent: all. `owners`: the digest shows what one of them may
 * view.
 */
export type Digest = {
  readonly name: string
  readonly cron: string
  readonly zone: string
  readonly channel: string
  readonly topics: readonly DigestTopic[]
  readonly owners: Who
  readonly places?: readonly string[]
  /** Patterns `cluster/service`. */
  readonly targets?: readonly string[]
  readonly tag?: { readonly key: string; readonly value: string }
}

/** `person` of a tag begins with this. */
export const PERSON_TAG = 'tag:'

export type GateRules = { readonly deployers: readonly Deployer[] }

/** The problems that are posted in a channel. `tag`: `key=value`. `kinds`: absent for all. */
type ConfiguredSubscription = Scope & {
  readonly channel: string
  readonly tag?: string
  readonly kinds?: readonly ProblemKind[]
  readonly minSeverity?: Severity
}

/** Who is on call for services. `from`: the beginning of the first shift, ISO 8601. */
export type OnCallSource = Scope &
  (
    | { readonly kind: 'group'; readonly group: string }
    | {
        readonly kind: 'schedule'
        readonly from: string
        readonly shiftMinutes: number
        readonly who: readonly string[]
      }
    | { readonly kind: 'pagerduty'; readonly schedules: readonly string[]; readonly policies: readonly string[] }
  )

/** `template`: of the names of channels. `owners`: who is invited for which services. */
type IncidentRules = {
  readonly template: string
  readonly isPrivate: boolean
  /** How long approval rules for incidents hold after the opening. */
  readonly longestMinutes: number
  readonly owners: readonly (Scope & { readonly who: Who })[]
  /** The first that has the service decides; without one, the configuration's `onCall`. */
  readonly onCall: readonly OnCallSource[]
}

export type Config = {
  /** The version: the first 12 hex digits of the file's SHA-256. Cards and audit records show it. */
  readonly version: string
  readonly team: string
  /** The Enterprise Grid organization whose people count, too; without it, only those of `team`. */
  readonly enterprise?: string
  readonly accounts: readonly Account[]
  /** The corporate ids of people, by Slack user id. */
  readonly people: Readonly<Record<string, string>>
  readonly access: readonly Access[]
  /** `deny: approver`. A key of its own: functions of earlier versions do not know the role. */
  readonly approverDenials: readonly ApproverDenial[]
  /** The approval rules. The key keeps its old name: functions of earlier versions read it. */
  readonly consent: readonly ApprovalRule[]
  /** The rules that raise the risk of a change. */
  readonly risk: readonly RiskRule[]
  readonly ceilings: readonly Ceiling[]
  readonly freezes: readonly Freeze[]
  /** Capacity provider strategies by name, as typed in a command: `fargate=1:2 spot=3`. */
  readonly presets: Readonly<Record<string, string>>
  /** The break-glass rule. `exec`: who may also run commands without approval. */
  readonly breakGlass?: { readonly who: Who; readonly channel: string; readonly exec?: Who }
  readonly deploy: { readonly from: readonly ImageRule[] }
  readonly exec: ExecRules
  readonly leases: LeaseRules
  readonly redaction: RedactionRules
  readonly sharing: SharingRules
  readonly gates: GateRules
  readonly budgets: Budgets
  /** The people who are mentioned if an operation needs a person. They may end any temporary change. */
  readonly onCall: Who
  readonly subscriptions: readonly ConfiguredSubscription[]
  readonly incidents: IncidentRules
  readonly channel: string
  readonly digests: readonly Digest[]
  /** By name. Absent where the file names none. */
  readonly teams?: Readonly<Record<string, Team>>
  /**
   * As published: the rules of a file that has rules about teams. Functions of earlier versions do not know teams and would apply
   * such a rule to every service: in `access` and `consent` they find what is at least as strict.
   */
  readonly teamRules?: { readonly access: readonly Access[]; readonly consent: readonly ApprovalRule[] }
}

/** The values of keys that are missing in configurations of earlier versions. */
export const DEFAULTS = {
  approverDenials: [],
  risk: [],
  presets: {},
  leases: { longestMinutes: 7 * 1_440, permanent: [] },
  onCall: [],
  digests: [],
  subscriptions: [],
  incidents: { template: 'inc-{date}-{service}', isPrivate: false, longestMinutes: 240, owners: [], onCall: [] },
  deploy: { from: [] },
  exec: { commands: {}, deny: [], unlogged: [] },
  redaction: { emails: false, patterns: [] },
  sharing: { trusted: [] },
  gates: { deployers: [] },
  budgets: { waiting: 20, follows: 3, commandsPerMinute: 30 },
} as const

/**
 * Whether an account is production. Environment names are free text: every name that begins with `prod` or `live`
 * counts.
 */
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
  digests,
  incidents,
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
    ...digests.map(({ owners }) => owners),
    ...incidents.owners.map(({ who }) => who),
    ...incidents.onCall.map(one => (one.kind === 'group' ? [one.group] : [])),
  ]
  return [...new Set(named.flat().filter(isGroup))]
}
