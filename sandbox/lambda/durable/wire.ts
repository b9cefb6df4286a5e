// Formats the times of operations and events. The event of an invocation has ISO 8601 times; answers of the API have epoch
// seconds.
import type { Operation } from './execution.ts'

export type Time = (ms: number) => string | number
export const isoTime: Time = ms => new Date(ms).toISOString()
export const epochSeconds: Time = ms => ms / 1000

/** An operation in the format of the API, without the internal `changeCount`. */
export const onWire = ({ changeCount: _, ...operation }: Operation & { changeCount?: number }, time: Time): object => ({
  ...operation,
  StartTimestamp: time(operation.StartTimestamp),
  ...(operation.EndTimestamp !== undefined && { EndTimestamp: time(operation.EndTimestamp) }),
  ...(operation.StepDetails !== undefined && {
    StepDetails: {
      ...operation.StepDetails,
      ...(operation.StepDetails.NextAttemptTimestamp !== undefined && {
        NextAttemptTimestamp: time(operation.StepDetails.NextAttemptTimestamp),
      }),
    },
  }),
  ...(operation.WaitDetails !== undefined && {
    WaitDetails: { ScheduledEndTimestamp: time(operation.WaitDetails.ScheduledEndTimestamp) },
  }),
})

/** Formats the members that are times by their names. Leaves out undefined members, as JSON does. */
export const timesOnWire = (value: unknown, time: Time): unknown => {
  if (Array.isArray(value)) return value.map(item => timesOnWire(item, time))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [
        name,
        name.endsWith('Timestamp') && typeof member === 'number' ? time(member) : timesOnWire(member, time),
      ]),
  )
}
