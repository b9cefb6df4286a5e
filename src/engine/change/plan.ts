// A plan: everything that a change will do, as data for cards, rules and the interpreter.
import { createHash } from 'node:crypto'
import { cutBytes } from '../../model/bytes.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Offer } from '../../model/errors.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import type { PlannedLease } from '../leases/book.ts'
import { boundedLines } from './bounded.ts'
import type { Now } from './now.ts'

/** An S3 bucket for session logs. `prefix`: the prefix of the object keys, with or without a slash at the end. */
export type LogBucket = { readonly name: string; readonly prefix: string }

/** Shell access to one container for a limited time. */
export type Grant = {
  readonly minutes: number
  readonly task: string
  readonly taskArn: string
  readonly container: string
  /** Windows containers have PowerShell, and no `sh`. */
  readonly isWindows?: true
}

/** `from` and `to` are empty where `what` says all. */
export type Change = { readonly what: string; readonly from: string; readonly to: string }

/** The classes of risk, in ascending order. */
export const LEVELS = ['low', 'medium', 'high'] as const
export type Level = (typeof LEVELS)[number]

export const isHigher = (a: Level, b: Level): boolean => LEVELS.indexOf(a) > LEVELS.indexOf(b)

export type Risk = { readonly level: Level; readonly reasons: readonly string[] }

/** A call that ends a session in a container. */
export type SessionCall = Sent & { readonly service: 'ssm'; readonly action: 'TerminateSession' }

export type Call = EcsCall | RegistrationCall | PlannedExec | SessionCall | AutoscalingCall | LeaseCall

export type EcsCall = Sent & {
  readonly service: 'ecs'
  readonly action:
    | 'UpdateService'
    | 'UpdateExpressGatewayService'
    | 'PutClusterCapacityProviders'
    | 'StopServiceDeployment'
    | 'ContinueServiceDeployment'
    | 'StopTask'
    | 'RunTask'
    | 'TagResource'
    | 'UntagResource'
  readonly passes?: Passes
  /** A field of the input that is the answer of an earlier call of the plan: the ARN that it registered. */
  readonly takes?: { readonly field: 'taskDefinition'; readonly from: number }
}

/** The ARNs of the roles that the call passes to tasks. The session policy allows `iam:PassRole` on these alone. */
type Passes = readonly string[]

/**
 * Registers a revision of the task definition `base` with other images or sizes. The definition may hold secrets, so the plan has its
 * hash: the writer reads it, compares, and sends it.
 */
export type RegistrationCall = Omit<Sent, 'input'> & {
  readonly service: 'ecs'
  readonly action: 'RegisterTaskDefinition'
  readonly input: Registration
  readonly passes: Passes
}

/**
 * `base`: an ARN. `hash`: see `hashOf` of definition-patch.ts. `sizes`: those of containers, by name; with them, `cpu` and
 * `memory` are the new size of the task. The others: what the condition keys of the call say.
 */
export type Registration = JsonObject & {
  readonly base: string
  readonly hash: string
  /** By container. */
  readonly images: Readonly<Record<string, string>>
  readonly sizes?: Readonly<Record<string, NewSize>>
  readonly cpu?: string
  readonly memory?: string
  readonly compatibilities: readonly string[]
  readonly tagKeys: readonly string[]
}

/** Members of a container definition: CPU units and MiB. What is absent stays. */
export type NewSize = { readonly cpu?: number; readonly memory?: number; readonly memoryReservation?: number }

/** A call that runs a command in one container, through a session; functions/operation/exec/converse.ts runs it. */
export type ExecCall = PlannedExec & {
  /** The command and its arguments. The interpreter wraps them, so that the exit status is reported. */
  readonly argv: readonly string[]
}

/**
 * A planned command. In a plan for several tasks only the first call has `argv`; the other calls run the same command.
 */
export type PlannedExec = Sent & {
  readonly service: 'ecs'
  readonly action: 'ExecuteCommand'
  /** The command and its arguments. In plans that earlier versions stored, every call has them. */
  readonly argv?: readonly string[]
  readonly minutes: number
  /** The target id of the session: `ecs:<cluster>_<task>_<runtime id>`. */
  readonly targetId: string
  /** The KMS key that encrypts the session. */
  readonly key?: string
  /** The CloudWatch log group of the session log. */
  readonly logGroup?: string
  /** The S3 bucket of the session log. */
  readonly logBucket?: LogBucket
  /** The Availability Zone of the task. */
  readonly zone?: string
}

export type AutoscalingCall = Sent & {
  readonly service: 'application-autoscaling'
  readonly action:
    | 'RegisterScalableTarget'
    | 'PutScheduledAction'
    | 'DeleteScheduledAction'
    | 'PutScalingPolicy'
    | 'DeleteScalingPolicy'
  /**
   * The beginning of the ARNs of the alarms that AWS makes and deletes for the policy, with the caller's permissions. The session
   * policy allows these alarms alone.
   */
  readonly alarms?: string
}

/** A change of a lease in Quarterdeck's store. It is not an AWS call, but has the same approval and audit. */
export type LeaseCall = Sent & {
  readonly service: 'quarterdeck'
  readonly action: 'ExtendLease' | 'KeepLease' | 'EndLease'
}

/** One request, exactly as it will be sent. `repeatable`: it is idempotent, so it may be retried. */
type Sent = {
  readonly input: JsonObject
  /** The ARNs that the call needs. The session policy allows only these, and the audit names them. */
  readonly resources: readonly string[]
  readonly repeatable: boolean
}

/** One service of a change set. `binds`: what its own plan must bind to, too. */
export type Member = {
  readonly ref: ServiceRef
  readonly line: string
  readonly tasks: number
  readonly risk: Level
  readonly binds: {
    readonly createdAt: string
    readonly deployment: string
    readonly revision: string
    readonly [other: string]: string
  }
}

/** A paused deployment that waits for a person, and who started it. */
export type PlannedGate = {
  readonly hookId: string
  /** The ARN of the service deployment. */
  readonly deployment: string
  readonly stage: string
  readonly action: 'CONTINUE' | 'ROLLBACK'
  /** When ECS acts without an answer, ISO 8601, and how. */
  readonly expiresAt: string
  readonly onTimeout: 'CONTINUE' | 'ROLLBACK'
  /** Who deployed, in words: `ci-orders for asker@example.com`. It may become known later. */
  readonly by: string
  /** The corporate ids of the people who deployed. They may not approve. */
  readonly people: readonly string[]
  /** Whether the person who started the deployment is known. If not, one more approval is needed. */
  readonly isKnown: boolean
}

/**
 * The watch that follows a deployment: a branch of the approved plan, which goes back by `back` if an alarm fires or the new
 * tasks keep failing. `alarms`: names of alarms that were OK when the plan was made. `to`: a task definition such as `search:2`.
 * `images`: the digests that it runs, in the order of its containers; empty where unknown.
 */
export type Watch = {
  readonly minutes: number
  readonly alarms: readonly string[]
  readonly limits?: WatchLimits
  readonly to: string
  readonly images: readonly string[]
  readonly back: EcsCall
}

/**
 * What else makes a watch go back: a new task that ran out of memory, this many new tasks that failed within an hour, or CPU or
 * memory of the service above this percent in each of these minutes.
 */
export type WatchLimits = { readonly failures: number; readonly percent: number; readonly minutes: number }

export type Plan = {
  readonly kind: 'plan'
  readonly command: string
  /** Other commands whose changes this plan makes, too. Rules about them apply to the plan. */
  readonly also?: readonly string[]
  /** The canonical text of the command, with relative values made absolute. */
  readonly invocation: string
  readonly target: ServiceRef
  /** The plan changes the whole cluster of its target. Rights, rules, locks and freezes are those of the cluster. */
  readonly isOfCluster?: true
  /** The title, a verb first, with the markup of kit/messages/markup.ts: `Scale *orders-api* 4 → 6`. Names are bold. */
  readonly title: string
  readonly changes: readonly Change[]
  readonly risk: Risk
  /**
   * `size`: the number of tasks that the change adds, stops or replaces (`atLeast` in rules). `tasks`: the count
   * afterwards (for ceilings).
   */
  readonly size: number
  readonly tasks: number
  /** The counts that the change sets, such as `tasks` and `minimum`: size rules compare them over a window. */
  readonly amounts?: Readonly<Record<string, { readonly from: number; readonly to: number }>>
  /** The names of the services that call this one. The risk of several changes of the count depends on them. */
  readonly callers?: readonly string[]
  /**
   * What the change costs, in the order of the card: what users lose, what cannot be undone, what is replaced and how
   * long that takes. One sentence each, without a full stop, at most 76 characters. The card shows the first three.
   * Absent in plans that earlier versions stored.
   */
  readonly losses?: readonly Line[]
  /** How the change is taken back and how long that takes (`scale to 4, ~2 min`), or `cannot be undone`. */
  readonly undo?: string
  /** The difference in cost, where the prices are known: `About −$0.27/h`. */
  readonly cost?: string
  /** What runs later without another approval: `reverts to 4 after 2 h`. */
  readonly included?: readonly Line[]
  /** The service when the plan was made. It changes by itself: see now.ts. */
  readonly now?: Now
  /** What the approver has to know besides the plan: where a name was found, or that the message was edited. */
  readonly warnings?: readonly string[]
  /** The number of other open requests on the service. */
  readonly openRequests?: number
  /** Further effects of the change, one sentence each. The card shows them under "Details". */
  readonly consequences: readonly string[]
  /** The line of the command that stops this change while it runs, if there is one. */
  readonly stop?: string
  /** The line of the command that takes the change back once it is done, if there is one. */
  readonly takeBack?: string
  /** Offers for alternatives to this change. */
  readonly offers: readonly Offer[]
  readonly calls: readonly Call[]
  /**
   * Values, besides the calls, that the approval depends on, such as the service's createdAt, its deployment and the
   * direction.
   */
  readonly binds: JsonObject
  /**
   * Values that may change without a new approval, such as a count that autoscaling sets. The card shows their changes.
   */
  readonly drifts: JsonObject
  /**
   * The services of a change set, in the order of execution. Each is a change of its own, with its own execution, lock, plan
   * and audit; the plan of the set has no calls.
   */
  readonly members?: readonly Member[]
  /** The services that a change set leaves out, and why, in one line each. */
  readonly leftOut?: readonly LeftOut[]
  /** The shell access that the plan grants, if it grants any. */
  readonly grant?: Grant
  /** Text that the card shows unchanged, such as a command. */
  readonly verbatim?: string
  /** All images and settings of a change in full; the card shows the beginning of them. */
  readonly details?: readonly string[]
  /** With several tasks: continues after a failure in one of them. Absent in plans that earlier versions stored. */
  readonly keepsGoing?: true
  /** The plan runs without the service's lock, at the same time as other changes. */
  readonly isUnlocked?: true
  /** The role of the calls, if it is not `operator`. If it is `exec`, requester and approvers need this role too. */
  readonly role?: 'deployer' | 'exec' | 'gate'
  /** The gate that the plan answers. What of it an approval binds to is in `binds`. */
  readonly gate?: PlannedGate
  /** The plan runs a command with a task role: requester and approvers need the role `exec`. Its calls may have another one. */
  readonly runsCommands?: true
  readonly watch?: Watch
  /** The lease, if the plan is a temporary change. */
  readonly lease?: PlannedLease
  /** The total duration of a lease after an extension, in minutes. `leases.longest` limits it. */
  readonly totalMinutes?: number
  /** When a schedule and its end run next, ISO 8601. A freeze at one of these times blocks the plan. */
  readonly runs?: readonly string[]
  /** The plan suspends autoscaling without an end. `leases.permanent` lists who may do this. */
  readonly isPermanent?: true
}

export type LeftOut = { readonly ref: ServiceRef; readonly text: string }

/** Of a service of a change set what says which it is. */
export type TargetedMember = Pick<Member, 'ref'>

export type Targeted = { readonly target: ServiceRef; readonly members?: readonly TargetedMember[] }

/** What the rules about one service are asked for: the plan, or the plan as a change of each service of its set. */
export const eachTarget = <Of extends Targeted>(plan: Of): readonly Of[] =>
  plan.members === undefined ? [plan] : plan.members.map(({ ref }) => ({ ...plan, target: ref }))

/** A line on the card. `isCut`: the dialog has more of it, so the request is approved there. */
export type Line = string | { readonly text: string; readonly isCut: true }

/** A plan of this version, which has all that its card shows. */
export type NewPlan = Plan & Required<Pick<Plan, 'losses' | 'undo'>>

/**
 * The SHA-256 of what was approved, as 64 hex digits. If planning again gives another fingerprint, the approved plan is
 * out of date. The risk is no part of it: see `higherRisk`.
 */
export const fingerprint = ({ command, target, calls, binds, lease, keepsGoing, watch }: Plan): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        command,
        target,
        calls,
        binds,
        ...(keepsGoing && { keepsGoing }),
        ...(watch && { watch }),
        ...(lease && { lease: { holding: lease.holding, minutes: lease.minutes } }),
      }),
    )
    .digest('hex')

/** A short name of what is approved: a vote names the version that the voter saw. */
export const approvedVersion = (plan: Plan): string => fingerprint(plan).slice(0, 12)

/** The differences between the approved plan and a plan made now, one sentence each. */
export const planDifferences = (approved: Plan, now: Plan): readonly string[] => {
  const sides = (plan: Plan): JsonObject => ({ ...plan.binds, call: canonicalJson(plan.calls) })
  const [before, after] = [sides(approved), sides(now)]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const differing = keys
    .filter(key => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map(key => {
      if (key === 'call') return 'the calls to AWS have changed'
      return `${key}: ${(approved.members === undefined ? valueChange : countChange)(before[key], after[key])}`
    })
  return boundedLines([...higherRisk(approved, now), ...differing])
}

/** The difference of the risk classes, if the present one is higher. A lower class needs no new approval. */
export const higherRisk = (approved: Plan, now: Plan): readonly string[] =>
  isHigher(now.risk.level, approved.risk.level) ? [`Risk: ${approved.risk.level} → ${now.risk.level}`] : []

type Value = JsonObject[string] | undefined

const valueChange = (before: Value, after: Value): string => `${valueText(before)} → ${valueText(after)}`

/** The services of a change set are counted: the card is for people who may not view each of them. */
const countChange = (before: Value, after: Value): string => {
  if (!Array.isArray(before) || !Array.isArray(after)) return valueChange(before, after)
  const added = after.filter(one => !before.includes(one)).length
  return `${added} added, ${before.filter(one => !after.includes(one)).length} removed`
}

/** The maximum size of a value in bytes. Two values share a line. */
const MOST_VALUE = 700

const valueText = (value: Value): string =>
  value === undefined ? 'nothing' : cutBytes(typeof value === 'string' ? value : canonicalJson(value), MOST_VALUE)

/** The values in `drifts` (which may change without a new approval) that differ between two plans. */
export const driftOf = (approved: Plan, now: Plan): readonly string[] =>
  Object.entries(approved.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)
