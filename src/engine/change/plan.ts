// A plan: everything that a change will do, as data that people can read and a machine can follow to the letter.
import { createHash } from 'node:crypto'
import { cutBytes } from '../../model/bytes.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Offer } from '../../model/errors.ts'
import { canonicalJson, type JsonObject } from '../../model/json.ts'
import type { PlannedLease } from '../leases/book.ts'
import { boundedLines } from './bounded.ts'

/** `prefix`: of the keys of its objects, with or without a slash at its end. */
export type LogBucket = { readonly name: string; readonly prefix: string }

/** Who is let in, where, and for how long. */
export type Grant = {
  readonly minutes: number
  readonly task: string
  readonly taskArn: string
  readonly container: string
}

export type Change = { readonly what: string; readonly from: string; readonly to: string }

export type Risk = { readonly level: 'low' | 'medium' | 'high'; readonly reasons: readonly string[] }

/** One request to AWS, as it will be sent. `repeatable`: sending it twice is the same as sending it once. */
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
  /** ARNs of the roles that it hands to tasks: `iam:PassRole` on these, and no others. */
  readonly passes?: readonly string[]
}

/** A command in one container: not one request but a conversation, which session.ts of the interpreter holds. */
export type ExecCall = PlannedExec & {
  /** What the container is given; the interpreter wraps it so that its status can be told. */
  readonly argv: readonly string[]
}

/** As a plan has it: of many tasks the first call holds the command, and the others are of the same one. */
export type PlannedExec = Sent & {
  readonly service: 'ecs'
  readonly action: 'ExecuteCommand'
  /** Each call has it in plans of before a plan held it once. */
  readonly argv?: readonly string[]
  readonly minutes: number
  /** `ecs:<cluster>_<task>_<runtime id>` */
  readonly targetId: string
  /** That the session is encrypted with. */
  readonly key?: string
  /** Where CloudWatch Logs keeps it. */
  readonly logGroup?: string
  /** Where S3 does. */
  readonly logBucket?: LogBucket
  /** Availability zone of the task. */
  readonly zone?: string
}

export type AutoscalingCall = Sent & {
  readonly service: 'application-autoscaling'
  readonly action: 'RegisterScalableTarget'
}

/** Not AWS's: a change of what our own store holds, made by the same hand and recorded in the same audit. */
export type LeaseCall = Sent & { readonly service: 'quarterdeck'; readonly action: 'ExtendLease' | 'KeepLease' }

type Sent = {
  readonly input: JsonObject
  /** ARNs that the call touches: what a session policy allows, and the audit names. */
  readonly resources: readonly string[]
  readonly repeatable: boolean
}

export type Plan = {
  readonly kind: 'plan'
  readonly command: string
  /** Canonical text with everything relative made absolute. */
  readonly invocation: string
  readonly target: ServiceRef
  /** Our markup (messages/markup.ts): `Scale *orders-api* from 4 to 6`. */
  readonly title: string
  readonly changes: readonly Change[]
  readonly risk: Risk
  /** Tasks that the change adds, stops or replaces, and how many run afterwards: what rules and ceilings measure. */
  readonly size: number
  readonly tasks: number
  /** What else will happen, a sentence each. */
  readonly consequences: readonly string[]
  /** Other invocations that may be wiser. */
  readonly offers: readonly Offer[]
  readonly calls: readonly Call[]
  /** What consent binds to besides the calls: the service's createdAt, its deployment, the direction of the change. */
  readonly binds: JsonObject
  /** What may move on its own without a new consent, such as a count that autoscaling owns: shown when it has moved. */
  readonly drifts: JsonObject
  /** Who is let into a task for a while. */
  readonly grant?: Grant
  /** Shown word for word, such as a command. */
  readonly verbatim?: string
  /** In many tasks: also after it has failed in one of them. Not there in plans of before there was this field. */
  readonly keepsGoing?: true
  /** May go on beside other changes of the service. */
  readonly isUnlocked?: true
  /** The role that the calls are made in, where it is not the operator's; `exec` is what it takes to ask and to consent, too. */
  readonly role?: 'deployer' | 'exec'
  /** With an end: what it holds until then. */
  readonly lease?: PlannedLease
  /** How long a lease lasts in all once this is done, in minutes: what its ceiling measures. */
  readonly totalMinutes?: number
  /** Suspends autoscaling without an end: configuration says who may. */
  readonly isPermanent?: true
}

/** What was consented to, in 64 hex digits: the same plan made again later has the same fingerprint, or is stale. */
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

/** What differs between the plan that was consented to and the plan as it would be now, a sentence each. */
export const planDifferences = (consented: Plan, now: Plan): readonly string[] => {
  const sides = (plan: Plan): JsonObject => ({ ...plan.binds, risk: plan.risk.level, call: canonicalJson(plan.calls) })
  const [before, after] = [sides(consented), sides(now)]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const differing = keys
    .filter(key => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map(key =>
      key === 'call'
        ? 'the calls to AWS are no longer the same'
        : `${key}: ${valueText(before[key])} → ${valueText(after[key])}`,
    )
  return boundedLines(differing)
}

/** Two of them in a line, and both have to be seen. */
const MOST_SAID = 700

const valueText = (value: JsonObject[string] | undefined): string =>
  value === undefined ? 'nothing' : cutBytes(typeof value === 'string' ? value : canonicalJson(value), MOST_SAID)

/** What moved on its own between two plans. */
export const driftOf = (consented: Plan, now: Plan): readonly string[] =>
  Object.entries(consented.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)
