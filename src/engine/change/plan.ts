// A plan: everything that a change will do, as data for cards, rules and the interpreter.
import { createHash } from 'node:crypto'
import { cutBytes } from '../../model/bytes.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Offer } from '../../model/errors.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import type { PlannedLease } from '../leases/book.ts'
import { boundedLines } from './bounded.ts'

/** `prefix`: of the object keys, with or without a slash at the end. */
export type LogBucket = { readonly name: string; readonly prefix: string }

/** Shell access to one container for a limited time. */
export type Grant = {
  readonly minutes: number
  readonly task: string
  readonly taskArn: string
  readonly container: string
}

export type Change = { readonly what: string; readonly from: string; readonly to: string }

export type Risk = { readonly level: 'low' | 'medium' | 'high'; readonly reasons: readonly string[] }

/** Ends a session in a container. */
export type SessionCall = Sent & { readonly service: 'ssm'; readonly action: 'TerminateSession' }

export type Call = EcsCall | PlannedExec | SessionCall | AutoscalingCall | LeaseCall

export type EcsCall = Sent & {
  readonly service: 'ecs'
  readonly action:
    | 'UpdateService'
    | 'UpdateExpressGatewayService'
    | 'StopServiceDeployment'
    | 'TagResource'
    | 'UntagResource'
  /** ARNs of the roles that it passes to tasks: the session policy allows `iam:PassRole` on these alone. */
  readonly passes?: readonly string[]
}

/** A command in one container: a session, run by functions/operation/exec/converse.ts. */
export type ExecCall = PlannedExec & {
  /** The command and its arguments. The interpreter wraps them to report the exit status. */
  readonly argv: readonly string[]
}

/** In a plan for several tasks only the first call has `argv`; the others run the same command. */
export type PlannedExec = Sent & {
  readonly service: 'ecs'
  readonly action: 'ExecuteCommand'
  /** In every call of plans that earlier versions stored. */
  readonly argv?: readonly string[]
  readonly minutes: number
  /** `ecs:<cluster>_<task>_<runtime id>` */
  readonly targetId: string
  /** The KMS key of the session. */
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
  readonly action: 'RegisterScalableTarget'
}

/** Not an AWS call: a change of a lease in Quarterdeck's store, with the same approval and audit. */
export type LeaseCall = Sent & { readonly service: 'quarterdeck'; readonly action: 'ExtendLease' | 'KeepLease' }

/** One request, as it will be sent. `repeatable`: idempotent, so it may be retried. */
type Sent = {
  readonly input: JsonObject
  /** ARNs that the call needs: the session policy allows these alone, and the audit names them. */
  readonly resources: readonly string[]
  readonly repeatable: boolean
}

export type Plan = {
  readonly kind: 'plan'
  readonly command: string
  /** Canonical text, with relative values made absolute. */
  readonly invocation: string
  readonly target: ServiceRef
  /** With the markup of kit/messages/markup.ts: `Scale *orders-api* from 4 to 6`. */
  readonly title: string
  readonly changes: readonly Change[]
  readonly risk: Risk
  /** `size`: tasks that the change adds, stops or replaces (`atLeast` of rules). `tasks`: the count afterwards (ceilings). */
  readonly size: number
  readonly tasks: number
  /** Further effects, one sentence each. */
  readonly consequences: readonly string[]
  /** Alternatives to this change. */
  readonly offers: readonly Offer[]
  readonly calls: readonly Call[]
  /** Values that the approval depends on besides the calls, such as the service's createdAt, its deployment, the direction. */
  readonly binds: JsonObject
  /** Values that may change without a new approval, such as a count that autoscaling sets: the card shows a change. */
  readonly drifts: JsonObject
  /** Of a plan for shell access. */
  readonly grant?: Grant
  /** Text that the card shows unchanged, such as a command. */
  readonly verbatim?: string
  /** With several tasks: continues after a failure in one of them. Absent in plans that earlier versions stored. */
  readonly keepsGoing?: true
  /** Runs without the service's lock, beside other changes. */
  readonly isUnlocked?: true
  /** The role of the calls, if not `operator`. `exec` is also the role that requester and approvers need. */
  readonly role?: 'deployer' | 'exec'
  /** Of a temporary change. */
  readonly lease?: PlannedLease
  /** The total duration of a lease after an extension, in minutes: the limit in `leases.longest` applies to it. */
  readonly totalMinutes?: number
  /** Suspends autoscaling without an end: `leases.permanent` lists who may. */
  readonly isPermanent?: true
}

/** The SHA-256 of what was approved, 64 hex digits. A plan made again with another fingerprint is out of date. */
export const fingerprint = ({ command, target, calls, binds, risk, lease, keepsGoing }: Plan): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        command,
        target,
        calls,
        binds,
        risk: risk.level,
        ...(keepsGoing && { keepsGoing }),
        ...(lease && { lease: { holding: lease.holding, minutes: lease.minutes } }),
      }),
    )
    .digest('hex')

/** The differences between the approved plan and the plan as it would be now, one sentence each. */
export const planDifferences = (approved: Plan, now: Plan): readonly string[] => {
  const sides = (plan: Plan): JsonObject => ({ ...plan.binds, risk: plan.risk.level, call: canonicalJson(plan.calls) })
  const [before, after] = [sides(approved), sides(now)]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const differing = keys
    .filter(key => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map(key =>
      key === 'call' ? 'the calls to AWS have changed' : `${key}: ${valueText(before[key])} → ${valueText(after[key])}`,
    )
  return boundedLines(differing)
}

/** Bytes: two values share a line. */
const MOST_VALUE = 700

const valueText = (value: JsonObject[string] | undefined): string =>
  value === undefined ? 'nothing' : cutBytes(typeof value === 'string' ? value : canonicalJson(value), MOST_VALUE)

/** The values of `drifts` that changed between two plans. */
export const driftOf = (approved: Plan, now: Plan): readonly string[] =>
  Object.entries(approved.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)
