// /ecs autoscale: what moves a service's count, as people ask for it at night: bounds, what acts, and why nothing happened.

import { leasesOf } from '../../engine/leases/book.ts'
import { leaseLine } from '../../engine/leases/render-leases.ts'
import { fullName } from '../../kit/language/target.ts'
import { cut, date, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import type { Autoscaling, ScalingActivity, ScheduledBounds } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { isActive, scheduleWords } from './autoscaling.ts'
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
        ? [richText(section('No scalable target is registered: the count is what `/ecs scale` sets.'))]
        : [richText(list(parts(autoscaling, now)))]),
      ...(leases.length === 0 ? [] : [richText(section('*Leases*'), list(leases.map(leaseLine)))]),
      ...(activities.length === 0
        ? []
        : [richText(section('*What it did, or why it did not*\n'), ...activities.slice(0, 5).map(activityLine))]),
      ...(autoscaling === undefined ? [] : [choices(state, autoscaling)]),
    ],
  }
}

const headline = ({ service, autoscaling }: Scaling): string => {
  const runs = `*${service.ref.service}* is set to ${service.desired}`
  if (autoscaling === undefined) return `${runs} and has no autoscaling`
  const acts = isActive(autoscaling) ? 'autoscaling moves it' : 'autoscaling does not act at the moment'
  return `${runs}; ${acts} within ${boundsText(autoscaling)}`
}

const parts = ({ policies, schedules, suspended, predicted }: Autoscaling, now: string): readonly string[] => [
  ...policies.map(({ name, kind, says }) => `Policy \`${name}\`, ${kind}: ${says}`),
  ...(policies.length === 0 ? ['No policy acts on it'] : []),
  ...schedules.map(schedule => scheduleLine(schedule, now)),
  suspendedNames(suspended) === '' ? 'Nothing is suspended' : `*Suspended: ${suspendedNames(suspended)}*`,
  ...(predicted === undefined ? [] : [`The forecast is ${predicted} tasks at the moment`]),
]

const scheduleLine = (schedule: ScheduledBounds, now: string): string => {
  const at = nextFiring(schedule, now)
  if (at !== undefined) return scheduleWords({ at, schedule })
  return `The scheduled action \`${schedule.name.replace(/[*`\n]/g, '').slice(0, 80)}\` (${schedule.expression.replace(/[*`\n]/g, '').slice(0, 80)}) is not due again`
}

/** Application Auto Scaling API reference, NotScaledReason. */
const REASONS: Readonly<Record<string, string>> = {
  AutoScalingAnticipatedFlapping: 'it would have had to scale back at once',
  TargetServicePutResourceAsUnscalable: 'ECS did not let it scale at that moment',
  AlreadyAtMaxCapacity: 'it was at its maximum',
  AlreadyAtMinCapacity: 'it was at its minimum',
  AlreadyAtDesiredCapacity: 'it was as large as the policy wanted',
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
  const label = suspendedNames(suspended) === '' ? 'Suspend Scale-In For 2 Hours' : 'Resume'
  return offerButtons([{ label, invocation }])
}
