// Renders /ecs autoscale: bounds, policies, schedules, temporary changes and recent scaling activities.

import { leasesOf } from '../../engine/leases/book.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { cut, date, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Autoscaling, ScalingActivity, ScheduledBounds } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { isActive, scheduleText } from './autoscaling.ts'
import type { Scaling } from './load-scaling.ts'
import { nextFiring } from './schedule-expression.ts'

export const renderAutoscaling = (state: Scaling, activities: readonly ScalingActivity[]): Rendered => {
  const { service, autoscaling, book, now } = state
  const head = headline(state)
  const leases = book === undefined ? [] : leasesOf(book)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      placeLine(service.ref),
      ...(autoscaling === undefined
        ? [richText(section('No scalable target is registered: set the desired count with `/ecs scale`.'))]
        : [richText(list(parts(autoscaling, now)))]),
      ...(leases.length === 0 ? [] : [richText(section('*Temporary changes*'), list(leases.map(leaseLine)))]),
      ...(activities.length === 0
        ? []
        : [richText(section('*Recent scaling activities*\n'), ...activities.slice(0, 5).map(activityLine))]),
      ...(autoscaling === undefined ? [] : [choices(state, autoscaling)]),
    ],
  }
}

const headline = ({ service, autoscaling }: Scaling): string => {
  const runs = `*${service.ref.service}* is set to ${service.desired}`
  if (autoscaling === undefined) return `${runs} and has no autoscaling`
  const state = isActive(autoscaling) ? 'active' : 'not active'
  return `${runs}; autoscaling within ${boundsText(autoscaling)} is ${state}`
}

const parts = ({ policies, schedules, suspended, predicted }: Autoscaling, now: string): readonly string[] => [
  ...policies.map(({ name, kind, says }) => `Policy \`${name}\`, ${kind}: ${says}`),
  ...(policies.length === 0 ? ['No scaling policy'] : []),
  ...schedules.map(schedule => scheduleLine(schedule, now)),
  suspendedNames(suspended) === '' ? 'Nothing is suspended' : `*Suspended: ${suspendedNames(suspended)}*`,
  ...(predicted === undefined ? [] : [`Current forecast: ${predicted} tasks`]),
]

const scheduleLine = (schedule: ScheduledBounds, now: string): string => {
  const at = nextFiring(schedule, now)
  if (at !== undefined) return scheduleText({ at, schedule })
  return `The scheduled action \`${schedule.name.replace(/[*`\n]/g, '').slice(0, 80)}\` (${schedule.expression.replace(/[*`\n]/g, '').slice(0, 80)}) does not run again`
}

/** AWS's reasons for not scaling, in words (Application Auto Scaling API reference, NotScaledReason). */
const REASONS: Readonly<Record<string, string>> = {
  AutoScalingAnticipatedFlapping: 'it would have scaled back at once (flapping)',
  TargetServicePutResourceAsUnscalable: 'ECS did not allow scaling then',
  AlreadyAtMaxCapacity: 'already at the maximum',
  AlreadyAtMinCapacity: 'already at the minimum',
  AlreadyAtDesiredCapacity: 'already at the capacity that the policy wants',
}

const activityLine = ({ at, description, cause, notScaled }: ScalingActivity) => {
  const why = notScaled.map(code => REASONS[code] ?? code).join('; ')
  const words = notScaled.length > 0 ? `Did not scale: ${why}. ${cause}` : `${description} ${cause}`
  return section(date(at, '{date_short_pretty} {time}'), literal(`  ${cut(words, 300)}\n`))
}

const choices = ({ service: { ref } }: Scaling, { suspended }: Autoscaling) => {
  const name = fullName(ref)
  const invocation =
    suspendedNames(suspended) === '' ? `autoscale suspend ${name} in --for 2h` : `autoscale resume ${name}`
  const label = suspendedNames(suspended) === '' ? 'Suspend Scale-In for 2 Hours' : 'Resume'
  return offerButtons([{ label, invocation }])
}
