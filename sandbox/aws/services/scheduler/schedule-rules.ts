// Validates the schedules of EventBridge Scheduler and computes when they are due. Sources: EventBridge Scheduler API
// reference and user guide (schedule types); texts as its API returns them. If a request uses a valid feature that is not
// simulated, the call fails with an error that names the feature.

import type { CreateScheduleInput } from '@aws-sdk/client-scheduler'
import { AwsError } from '../../wire/service.ts'

const MINUTE_MS = 60_000
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1_440 * MINUTE_MS }

export const invalid = (message: string) =>
  new AwsError('ValidationException', message, { status: 400, fields: { Message: message } })

const notSimulated = (what: string) => new Error(`the sandbox does not simulate ${what} of EventBridge Scheduler`)

/** When a schedule is due: once, at `at` (epoch milliseconds), or every `everyMs` milliseconds. */
export type Expression = { readonly at: number } | { readonly everyMs: number }

export const parseExpression = (text: string): Expression => {
  if (/^cron\(.*\)$/.test(text)) throw notSimulated('cron expressions')
  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? []
  const at = Date.parse(`${time}Z`)
  if (time !== undefined && !Number.isNaN(at)) return { at }
  const [, value = '', unit = ''] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(text) ?? []
  const everyMs = Number(value) * (UNITS[unit] ?? 0)
  if (everyMs > 0) return { everyMs }
  throw invalid(`Invalid Schedule Expression ${text}.`)
}

const checkTarget = ({ Target }: CreateScheduleInput): void => {
  const { Arn = '', RoleArn = '', Input } = Target ?? {}
  if (!/^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(Arn)) throw notSimulated(`the target ${Arn}`)
  if (!/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(RoleArn)) throw invalid(`Provided role ${RoleArn} is not valid.`)
  if (Input === undefined) return
  try {
    JSON.parse(Input)
  } catch {
    throw invalid('Invalid Input for target. The Input must be valid JSON.')
  }
}

/** Validates a schedule and returns its expression. Throws the errors of the API. `now`: epoch milliseconds. */
export const checkSchedule = (input: CreateScheduleInput, now: number): Expression => {
  const { ScheduleExpression = '', ScheduleExpressionTimezone = 'UTC', FlexibleTimeWindow, StartDate, State } = input
  const expression = parseExpression(ScheduleExpression)
  if (ScheduleExpressionTimezone !== 'UTC') throw notSimulated(`the time zone ${ScheduleExpressionTimezone}`)
  if (FlexibleTimeWindow?.Mode !== 'OFF') throw notSimulated(`the flexible time window ${FlexibleTimeWindow?.Mode}`)
  if (State !== undefined && State !== 'ENABLED') throw notSimulated(`the state ${State}`)
  if (StartDate !== undefined && StartDate.getTime() < now - 5 * MINUTE_MS)
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.')
  // A time in the past is refused here. The documentation contradicts itself about the effect of such a time.
  if ('at' in expression && expression.at < now) throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`)
  checkTarget(input)
  return expression
}

/**
 * The time at which a target is invoked. `at`: the due time; both in epoch milliseconds. Scheduler invokes a target within
 * one minute after the due time; the sandbox invokes the target at the next full minute.
 */
export const minuteOf = (at: number): number => Math.ceil(at / MINUTE_MS) * MINUTE_MS
