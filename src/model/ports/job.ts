// What ingress sends on to the other functions, and its decoder. A pure function of Slack's request: the same request
// twice is the same job, to the byte.

import type { Actor, Place } from '../ecs.ts'
import { isRecord } from '../json.ts'
import { type EndedExecution, endedExecutionIn } from './ended-execution.ts'

type Asked = {
  readonly actor: Actor
  readonly place: Place
  /** Where an answer only for the asker goes: 5 uses in 30 minutes, so never where a later answer matters. */
  readonly responseUrl?: string
}

/** A read: `line` is the command's text as typed or clicked. */
export type QueryJob = Asked & { readonly kind: 'query'; readonly id: string; readonly line: string }

/** A follow goes on in another invocation. `holder`: which one that is, counted from 1. */
export type FollowJob = { readonly kind: 'follow'; readonly follow: string; readonly holder: number }

/** Somebody opened the App Home; `place` is their own conversation with Quarterdeck. */
export type HomeJob = Asked & { readonly kind: 'home' }

/** A change of our own state. `id` is the same for the same Slack request. */
export type SettingJob = Asked & { readonly kind: 'setting'; readonly id: string; readonly line: string }

/** A change. `id` names its durable execution: the same Slack request gives the same id. */
export type OperationJob = Asked & { readonly kind: 'operation'; readonly id: string; readonly line: string }

/** `stop`: ends a follow. `supersede`: the asker took one of the card's offers instead. `revert`: ends a lease now. */
export type Choice = 'approve' | 'reject' | 'cancel' | 'supersede' | 'revert' | 'stop'

/** A vote on an operation, or the end of its lease. */
export type DecisionJob<Chosen extends Choice = Choice> = Asked & {
  readonly kind: 'decision'
  readonly operation: string
  readonly choice: Chosen
  readonly reason?: string
}

/** Sent by Scheduler: nobody asked. `number` tells the schedules of one operation apart. */
type Scheduled<Kind extends string> = { readonly kind: Kind; readonly operation: string; readonly number: number }
/** Numbered from 1. */
export type ReminderJob = Scheduled<'reminder'>
/** Has the operation heard of its decision? */
export type SweepJob = Scheduled<'sweep'>
/** Something about its lease has changed: the operation is to look at it again. */
export type LeaseJob = Scheduled<'lease'>
/** Has the operation ended without a word? Numbered from 1. */
export type LookJob = Scheduled<'look'>
/** Does anybody still hold this follow? */
export type TendJob = Scheduled<'tend'>
export type ScheduledJob = ReminderJob | SweepJob | LeaseJob | LookJob | TendJob
/** Comes every few minutes: what services are there? */
export type IndexJob = { readonly kind: 'index' }
/** Comes every few minutes: is it time for the digest? */
export type DigestJob = { readonly kind: 'digest' }

/**
 * One execution of the canary. `main` checks what it can by itself and reports; `large` returns a step of 300,000 bytes;
 * `throws` fails; `same` is started twice. `run`: the id of the `main` execution.
 */
export type CanaryJob = {
  readonly kind: 'canary'
  readonly id: string
  readonly run: string
  readonly part: 'main' | 'large' | 'throws' | 'same'
}

export const isCanary = (event: unknown): event is CanaryJob =>
  isRecord(event) && event['kind'] === 'canary' && typeof event['id'] === 'string' && typeof event['run'] === 'string'

export type Job = QueryJob | HomeJob | SettingJob | OperationJob | DecisionJob

/** Refuses what is not a job of that kind: whoever may invoke the function may still send anything. */
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

const SCHEDULED: readonly unknown[] = ['reminder', 'sweep', 'lease', 'look', 'tend'] satisfies ScheduledJob['kind'][]

export const decodeScheduled = (event: unknown): ScheduledJob | IndexJob | DigestJob | EndedExecution => {
  const ended = endedExecutionIn(event)
  if (ended !== undefined) return ended
  const kind = kindOf(event)
  if (kind === 'index' || kind === 'digest') return { kind }
  if (isRecord(event) && SCHEDULED.includes(event['kind'])) {
    const { kind: known, operation, number } = event as Partial<ScheduledJob>
    if (known !== undefined && typeof operation === 'string' && Number.isInteger(number))
      return { kind: known, operation, number: Number(number) }
  }
  throw new TypeError('not a job that is scheduled')
}

export const kindOf = (event: unknown): unknown => (isRecord(event) ? event['kind'] : undefined)
