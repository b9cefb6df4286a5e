// The jobs that ingress and Scheduler send to the other functions, and their decoders.
// A job is a pure function of Slack's request: a repeated request gives the same bytes.

import type { Actor, Place, ServiceRef } from '../ecs.ts'
import { isRecord } from '../json.ts'
import { type EndedExecution, endedExecutionIn } from './ended-execution.ts'

/** The message that mentioned the bot. `ts`: its name in its channel. `editedAt`: when it was edited, in Slack's seconds. */
export type Mention = { readonly ts: string; readonly editedAt?: string }

type SlackRequest = {
  readonly actor: Actor
  readonly place: Place
  /** Absent for commands, clicks and forms, and in jobs of earlier versions. */
  readonly mention?: Mention
  /** For ephemeral answers: 5 uses in 30 minutes, so never for late answers. */
  readonly responseUrl?: string
}

/** A job that answers a query. `line`: the command's text as typed or clicked. */
export type QueryJob = SlackRequest & { readonly kind: 'query'; readonly id: string; readonly line: string }

/** A job that continues a log follow in another invocation. `holder`: the number of that invocation, from 1. */
export type FollowJob = { readonly kind: 'follow'; readonly follow: string; readonly holder: number }

/** A job that renders the App Home for a user who opened it. `place`: the user's direct message with Quarterdeck. */
export type HomeJob = SlackRequest & { readonly kind: 'home' }

/** A job that fills the dialog of a card. `view`: the id of the open dialog. */
export type CardJob = SlackRequest & { readonly kind: 'card'; readonly operation: string; readonly view: string }

/** A job that posts a question of somebody to the requester. `id`: the same for the same Slack request. */
export type AskJob = SlackRequest & {
  readonly kind: 'ask'
  readonly id: string
  readonly operation: string
  readonly question: string
}

/** A job that checks who reads a channel, after a member joined (`actor`) or the channel was shared. */
export type AudienceJob = SlackRequest & { readonly kind: 'audience' }

/** A job that tells the operators that Slack leaves out events. */
export type RateLimitJob = SlackRequest & { readonly kind: 'rate-limited' }

/**
 * A job that changes Quarterdeck's own state (halt, lock, channel defaults). `id`: the same for the same Slack request.
 */
export type SettingJob = SlackRequest & { readonly kind: 'setting'; readonly id: string; readonly line: string }

/** The hook at which a deployment waits. `service`: without the name of its account. */
export type GateRequest = { readonly hookId: string; readonly service: Omit<ServiceRef, 'account'> }

/**
 * A job that changes AWS resources. `id`: the durable execution's name, the same for the same Slack request. `set`: the
 * operation of the change set whose approval this change has, and its number in it. `gate`: a deployment asks, not a person; the
 * actor is nobody.
 */
export type OperationJob = SlackRequest & {
  readonly kind: 'operation'
  readonly id: string
  readonly line: string
  readonly set?: { readonly operation: string; readonly number: number }
  readonly gate?: GateRequest
}

/**
 * A click on a card. `stop`: ends a log follow. `supersede`: the requester chose one of the card's offers instead.
 * `revert`: ends a lease now.
 */
export type Choice = 'approve' | 'reject' | 'cancel' | 'supersede' | 'revert' | 'stop'

/** A job that carries a vote on an operation, or a request to stop or revert it. */
export type DecisionJob<Chosen extends Choice = Choice> = SlackRequest & {
  readonly kind: 'decision'
  readonly operation: string
  readonly choice: Chosen
  readonly reason?: string
  /** The version of the plan that the voter saw (`approvedVersion`); absent for buttons of earlier versions. */
  readonly seen?: string
  /** The id of the dialog in which the voter clicked: it shows the answer. */
  readonly view?: string
}

/** A job that Scheduler sends. `number`: distinguishes the schedules of one operation. */
type Scheduled<Kind extends string> = { readonly kind: Kind; readonly operation: string; readonly number: number }
/** A job that reminds approvers. The reminders of an operation are numbered from 1. */
export type ReminderJob = Scheduled<'reminder'>
/** A job that wakes an operation again if it has not read its decision. */
export type SweepJob = Scheduled<'sweep'>
/** A job that wakes an operation to read its changed lease. */
export type LeaseJob = Scheduled<'lease'>
/** A job that checks whether an operation's execution died without an outcome. The checks are numbered from 1. */
export type LookJob = Scheduled<'look'>
/** A job that checks the heartbeat of a log follow. */
export type TendJob = Scheduled<'tend'>
/** A job that tells problems in channels, after events and every few minutes. `operation`: `problems`. */
export type ProblemsJob = Scheduled<'problems'>
/** A job that makes the channel of an incident or updates its messages. `operation`: the id of the incident. */
export type IncidentJob = Scheduled<'incident'>
export type ScheduledJob = IncidentJob | ProblemsJob | ReminderJob | SweepJob | LeaseJob | LookJob | TendJob
/** A job that looks at the gates of a service (its ARN), in ECS. */
export type GateJob = { readonly kind: 'gate'; readonly service: string }
/** A job that looks at all open gates, and for gates whose event was lost, every few minutes. */
export type GatesJob = { readonly kind: 'gates' }
/** A job that refreshes the service index, every few minutes. */
export type IndexJob = { readonly kind: 'index' }
/** A job that sends the digest if it is due, every few minutes. */
export type DigestJob = { readonly kind: 'digest' }

/**
 * A job that runs one execution of the canary. `main` checks the durable API and reports; `large` returns a step result
 * of 300,000 bytes; `throws` fails; `same` is started twice. `run`: the id of the `main` execution.
 */
export type CanaryJob = {
  readonly kind: 'canary'
  readonly id: string
  readonly run: string
  readonly part: 'main' | 'large' | 'throws' | 'same'
}

export const isCanary = (event: unknown): event is CanaryJob =>
  isRecord(event) && event['kind'] === 'canary' && typeof event['id'] === 'string' && typeof event['run'] === 'string'

export const problemsJob = (number: number): ProblemsJob => ({ kind: 'problems', operation: 'problems', number })

export const incidentJob = (id: string, number: number): IncidentJob => ({ kind: 'incident', operation: id, number })

export type Job =
  | QueryJob
  | HomeJob
  | CardJob
  | AskJob
  | AudienceJob
  | RateLimitJob
  | SettingJob
  | OperationJob
  | DecisionJob

/**
 * Decodes a job. Throws a TypeError for any other event, because permission to invoke the function does not make its
 * input valid.
 */
export const decodeJob = <Kind extends Job['kind']>(kind: Kind, event: unknown): Extract<Job, { kind: Kind }> => {
  if (isRecord(event) && event['kind'] === kind && isRecord(event['actor']) && isRecord(event['place'])) {
    return event as Extract<Job, { kind: Kind }>
  }
  throw new TypeError(`not a job of the kind ${kind}`)
}

export const decodeFollow = (event: unknown): FollowJob => {
  if (isRecord(event) && event['kind'] === 'follow' && typeof event['follow'] === 'string')
    return { kind: 'follow', follow: event['follow'], holder: Number(event['holder']) }
  throw new TypeError('not a follow')
}

const SCHEDULED: readonly unknown[] = [
  'reminder',
  'sweep',
  'lease',
  'look',
  'tend',
  'problems',
  'incident',
] satisfies ScheduledJob['kind'][]

export const decodeScheduled = (
  event: unknown,
): ScheduledJob | IndexJob | DigestJob | GatesJob | GateJob | EndedExecution => {
  const ended = endedExecutionIn(event)
  if (ended !== undefined) return ended
  const kind = kindOf(event)
  if (kind === 'index' || kind === 'digest' || kind === 'gates') return { kind }
  if (isRecord(event) && kind === 'gate' && typeof event['service'] === 'string')
    return { kind, service: event['service'] }
  if (isRecord(event) && SCHEDULED.includes(event['kind'])) {
    const { kind: known, operation, number } = event as Partial<ScheduledJob>
    if (known !== undefined && typeof operation === 'string' && Number.isInteger(number))
      return { kind: known, operation, number: Number(number) }
  }
  throw new TypeError('not a scheduled job')
}

export const kindOf = (event: unknown): unknown => (isRecord(event) ? event['kind'] : undefined)
