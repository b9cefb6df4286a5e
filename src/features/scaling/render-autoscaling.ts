// Renders /ecs autoscale: bounds, policies, schedules, temporary changes and recent scaling activities.

import { leasesOf } from '../../engine/leases/book.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { context, cut, date, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { codeText } from '../../kit/messages/text.ts'
import type { ScalableTarget, ScalingActivity, ScalingPolicy, ScheduledBounds } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { isActive, scheduleText } from './autoscaling.ts'
import type { ScalingView } from './load-autoscaling.ts'
import { isReadable, nextFiring } from './schedule-expression.ts'

/** The policies, and the scheduled actions, that one message shows. */
const MOST_SHOWN = 10
const MOST_ACTIVITIES = 5
/** The alarms that one policy shows; target tracking has two. */
const MOST_ALARMS = 4

export const renderAutoscaling = (state: ScalingView): Rendered => {
  const { service, target, book, activities, unread } = state
  const head = headline(state)
  const leases = book === undefined ? [] : leasesOf(book)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      placeLine(service.ref),
      ...(target === undefined
        ? [richText(section('No scalable target is registered: set the desired count with `/ecs scale`.'))]
        : [richText(list(parts(state)))]),
      ...(leases.length === 0 ? [] : [richText(section('*Temporary changes*'), list(leases.map(leaseLine)))]),
      ...(activities.length === 0
        ? []
        : [
            richText(
              section('*Recent scaling activities*\n'),
              ...activities.slice(0, MOST_ACTIVITIES).map(activityLine),
            ),
          ]),
      ...unread.map(words => context(`Unavailable: ${words}`)),
      ...(typeof target === 'object' ? [choices(state, target)] : []),
    ],
  }
}

const headline = ({ service, target, policies, schedules }: ScalingView): string => {
  const runs = `*${service.ref.service}* is set to ${service.desired}`
  if (target === 'unread') return `${runs}; the bounds of its autoscaling could not be read`
  if (target === undefined) return `${runs} and has no autoscaling`
  const state = isActive({ ...target, policies, schedules }) ? 'active' : 'not active'
  return `${runs}; autoscaling within ${boundsText(target)} is ${state}`
}

const parts = (state: ScalingView): readonly string[] => {
  const { target, policies, schedules, now, unread } = state
  return [
    ...shownOf(policies, 'policies').flatMap(one => (typeof one === 'string' ? [one] : [policyLine(one, state)])),
    ...(policies.length === 0 && unread.length === 0 ? ['No scaling policy'] : []),
    ...shownOf(schedules, 'scheduled actions').map(one => (typeof one === 'string' ? one : scheduleLine(one, now))),
    ...(typeof target === 'object' ? targetLines(target) : []),
    ...(policies.length + schedules.length === 0 && target === 'unread' ? ['Nothing of it could be read'] : []),
  ]
}

const shownOf = <T>(all: readonly T[], what: string): readonly (T | string)[] =>
  all.length <= MOST_SHOWN ? all : [...all.slice(0, MOST_SHOWN), `and ${all.length - MOST_SHOWN} more ${what}`]

const targetLines = ({ suspended, predicted }: ScalableTarget): readonly string[] => [
  suspendedNames(suspended) === '' ? 'Nothing is suspended' : `*Suspended: ${suspendedNames(suspended)}*`,
  ...(predicted === undefined ? [] : [`Current forecast: ${predicted} tasks`]),
]

const policyLine = (policy: ScalingPolicy, { alarms }: ScalingView): string => {
  const { name, kind, says, alarms: names = [] } = policy
  const stateOf = (alarm: string): string | undefined => alarms?.find(one => one.name === alarm)?.state
  const named = names.slice(0, MOST_ALARMS).map(alarm => {
    const state = stateOf(alarm)
    return `${codeText(alarm)}${state === undefined ? '' : ` ${STATES[state] ?? state}`}`
  })
  return [
    `Policy ${codeText(name, 80)}, ${kind}: ${says}`,
    ...(named.length === 0 ? [] : [`alarms ${named.join(', ')}`]),
    ...goneAlarms(
      policy,
      alarms?.map(one => one.name),
    ).map(words => `*${words}*`),
  ].join('; ')
}

const STATES: Readonly<Record<string, string>> = {
  OK: 'is OK',
  ALARM: 'is in ALARM',
  INSUFFICIENT_DATA: 'has no data',
}

/**
 * What an alarm that is gone takes away. `existing`: the alarms that exist; undefined if they were not read. ECS makes two alarms
 * for a policy of target tracking, `…AlarmHigh…` and `…AlarmLow…`.
 */
export const goneAlarms = (
  { kind, scalesIn, alarms = [] }: ScalingPolicy,
  existing: readonly string[] | undefined,
): readonly string[] => {
  if (kind !== 'target tracking' && kind !== 'step') return []
  const there = existing === undefined ? alarms : alarms.filter(name => existing.includes(name))
  if (there.length === 0) return [kind === 'step' ? 'no alarm triggers it' : 'its alarms are gone, so it does not act']
  if (kind === 'step') return there.length < alarms.length ? ['an alarm of it is gone'] : []
  const has = (side: string): boolean => there.some(name => name.includes(side))
  return [
    ...(has('AlarmHigh') ? [] : ['its scale-out alarm is gone, so it does not scale out']),
    ...(has('AlarmLow') || !scalesIn ? [] : ['its scale-in alarm is gone, so it does not scale in']),
  ]
}

const scheduleLine = (schedule: ScheduledBounds, now: string): string => {
  const at = nextFiring(schedule, now)
  if (at !== undefined) return scheduleText({ at, schedule })
  const named = `The scheduled action ${codeText(schedule.name, 80)} (${codeText(schedule.expression, 80)})`
  return isReadable(schedule)
    ? `${named} does not run again`
    : `${named}: its next run is unknown, as its expression could not be read`
}

/** AWS's reasons for not scaling, in words (Application Auto Scaling API reference, NotScaledReason). */
const REASONS: Readonly<Record<string, string>> = {
  AutoScalingAnticipatedFlapping: 'it would have scaled back at once (flapping)',
  TargetServicePutResourceAsUnscalable: 'ECS did not allow scaling then',
  AlreadyAtMaxCapacity: 'already at the maximum',
  AlreadyAtMinCapacity: 'already at the minimum',
  AlreadyAtDesiredCapacity: 'already at the capacity that the policy wants',
}

/** How activities begin that have not succeeded (Application Auto Scaling API reference, ScalingActivity). */
const UNDONE: Readonly<Record<string, string>> = {
  Pending: 'Not begun: ',
  InProgress: 'In progress: ',
  Overridden: 'Replaced by another change: ',
  Unfulfilled: 'Not fulfilled: ',
  Failed: 'Failed: ',
}

const activityLine = ({ at, description, cause, status, message, notScaled }: ScalingActivity) => {
  const why = notScaled.map(code => REASONS[code] ?? code).join('; ')
  const begins = UNDONE[status]
  const words =
    notScaled.length > 0
      ? `Did not scale: ${why}. ${cause}`
      : begins === undefined
        ? `${description} ${cause}`
        : `${begins}${[description, message, cause].filter(text => text !== undefined && text !== '').join(' ')}`
  return section(date(at, '{date_short_pretty} {time}'), literal(`  ${cut(words, 300)}\n`))
}

const choices = ({ service: { ref }, policies }: ScalingView, { suspended }: ScalableTarget) => {
  const name = fullName(ref)
  const isSuspended = suspendedNames(suspended) !== ''
  return offerButtons([
    isSuspended
      ? { label: 'Resume', invocation: `autoscale resume ${name}` }
      : { label: 'Suspend Scale-In for 2 Hours', invocation: `autoscale suspend ${name} in --for 2h` },
    ...(policies.some(({ kind }) => kind === 'predictive')
      ? [{ label: 'Forecast', invocation: `autoscale forecast ${name}` }]
      : []),
  ])
}
