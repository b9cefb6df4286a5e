// What ingress sends on to the other functions, and its decoder. A pure function of Slack's request: the same request
// twice is the same job, to the byte.
import { isRecord } from './json.ts'
import type { Actor, Place } from './model.ts'

type Asked = {
  readonly actor: Actor
  readonly place: Place
  /** Where an answer only for the asker goes: 5 uses in 30 minutes, so never where a later answer matters. */
  readonly responseUrl?: string
}

/** A read: `line` is the command's text as typed or clicked. */
export type QueryJob = Asked & { readonly kind: 'query'; readonly line: string }

/** A change of our own state. `id` is the same for the same Slack request. */
export type SettingJob = Asked & { readonly kind: 'setting'; readonly id: string; readonly line: string }

/** A change. `id` names its durable execution: the same Slack request gives the same id. */
export type OperationJob = Asked & { readonly kind: 'operation'; readonly id: string; readonly line: string }

/** `supersede`: the asker took one of the card's offers instead. */
export type Choice = 'approve' | 'reject' | 'cancel' | 'supersede'

/** A vote on an operation. */
export type DecisionJob = Asked & {
  readonly kind: 'decision'
  readonly operation: string
  readonly choice: Choice
  readonly reason?: string
}

/** Sent by Scheduler: nobody asked. `number`: from 1. */
export type ReminderJob = { readonly kind: 'reminder'; readonly operation: string; readonly number: number }

export type Job = QueryJob | SettingJob | OperationJob | DecisionJob

/** Refuses what is not a job of that kind: whoever may invoke the function may still send anything. */
export const decodeJob = <Kind extends Job['kind']>(kind: Kind, event: unknown): Extract<Job, { kind: Kind }> => {
  if (isRecord(event) && event['kind'] === kind && isRecord(event['actor']) && isRecord(event['place'])) {
    return event as Extract<Job, { kind: Kind }>
  }
  throw new TypeError(`not a job of the kind ${kind}`)
}

export const decodeReminder = (event: unknown): ReminderJob => {
  if (isRecord(event) && event['kind'] === 'reminder') {
    const { operation, number } = event as Partial<ReminderJob>
    if (typeof operation === 'string' && Number.isInteger(number))
      return { kind: 'reminder', operation, number: Number(number) }
  }
  throw new TypeError('not a job of the kind reminder')
}

export const kindOf = (event: unknown): unknown => (isRecord(event) ? event['kind'] : undefined)
