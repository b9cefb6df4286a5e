// What the card of a schedule says: what it costs, what runs when, and what it changes of other schedules.

import { cardLine, shortenedLine } from '../../engine/cards/card-line.ts'
import type { Change, Line } from '../../engine/change/plan.ts'
import { isLeased } from '../../engine/leases/compose.ts'
import { scheduledText } from '../../features/scaling/autoscaling.ts'
import { clockChanges } from '../../features/scaling/clock-changes.ts'
import { overlapsOf } from '../../features/scaling/overlaps.ts'
import { boundsLosses, callerLosses, countLosses, setText } from '../../features/scaling/scaling-losses.ts'
import { movedText, type Step } from '../../features/scaling/schedule-steps.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { codeText, plainName, shortName, wholeName } from '../../kit/messages/text.ts'
import type { Autoscaling, ScheduledBounds } from '../../model/ecs.ts'
import { boundsText, inBounds, tasks } from '../../model/scaling-words.ts'
import { actionsOf, type Planned } from './schedule-values.ts'

export const changeOf = (wanted: ScheduledBounds, { schedules }: Autoscaling): Change => {
  const found = schedules.find(({ name }) => name === wanted.name)
  return {
    what: `Scheduled action ${wanted.name}`,
    from: found === undefined ? 'none' : scheduledText(found),
    to: scheduledText(wanted),
  }
}

/** Counts of now, and at most as many as the bounds before allow where another action sets these. */
export const lossesOf = (
  { state, values, made, today }: Planned,
  steps: readonly Step[],
  replaced: readonly ScheduledBounds[],
): readonly Line[] => {
  const { desired } = state.service
  const moved = inBounds(desired, values.bounds)
  const { min, max } = values.bounds
  // The tasks that start say that the minimum is higher.
  const startsTasks = moved > desired && min < max
  const projected = movedText(steps.filter(({ counts, isLater }) => !isLater && counts.length > 1))
  return [
    ...replaced.map(replacedLoss),
    ...[
      ...(values.when.kind === 'raw' ? [`Runs by ${codeText(made.start.expression, 60)}`] : []),
      ...(moved > desired ? [startText(moved - desired)] : countLosses(desired, moved, ' when it runs')),
      ...(projected === '' ? [] : [`Tasks after other schedules: ${projected}`]),
      ...callerLosses(state, moved),
      ...boundsLosses(startsTasks ? { ...today, min } : today, values.bounds),
    ].map(cardLine),
  ]
}

const startText = (added: number): string => `${tasks(added)} ${added === 1 ? 'starts' : 'start'} when it runs`

const replacedLoss = (found: ScheduledBounds): Line => {
  const line = (name: string) => `Replaces ${setText(found)} of \`${name}\``
  return shortenedLine(line(wholeName(found.name)), line(shortName(found.name)))
}

/** The next run, and what the end sets. */
export const includedIn = ({ values, made, today, times }: Planned, steps: readonly Step[]): readonly string[] => {
  const moved = movedText(steps.filter(({ isLater }) => isLater))
  const first = `${boundsText(values.bounds)} at ${times.start.slice(0, 1).map(timeMark).join()}`
  if (made.end === undefined) return moved === '' ? [first] : [first, `at the next schedule ${moved}`]
  return [`${first}, then ${boundsText(today)}${moved === '' ? '' : `: ${moved}`}`]
}

export const consequencesOf = (
  { state: { service }, made, today, times }: Planned,
  replaced: readonly ScheduledBounds[],
): readonly string[] => [
  'A schedule sets bounds only when it runs: what changes them in between stays until the next run.',
  made.end === undefined
    ? 'Nothing sets the bounds back.'
    : `At the end, a count outside of ${boundsText(today)} moves into it at once.`,
  ...(service.isExpress
    ? ['Express service: ECS has bounds of its own, which a later change of the service sets again.']
    : []),
  ...actionsOf(made).map(
    one =>
      `${codeText(one.name)} is ${codeText(one.expression)} in ${one.timezone}: it sets ${setText(one)} at ${times[one === made.end ? 'end' : 'start'].map(timeMark).join(', ')}.`,
  ),
  ...replaced.map(
    one =>
      `${codeText(one.name)} was ${codeText(one.expression)} in ${plainName(one.timezone)}, and set ${setText(one)}.`,
  ),
]

const MOST_NAMED = 2

export const warningsOf = ({ state: { book, now }, autoscaling, made }: Planned): readonly string[] => {
  const overlaps = overlapsOf(made, autoscaling.schedules, now)
  const more = overlaps.length - MOST_NAMED
  const changes = actionsOf(made).flatMap(one => clockChanges(one, now))
  return [
    ...(autoscaling.suspended.scheduled ? ['Scheduled scaling is suspended: it does not run before a resume.'] : []),
    ...(isLeased(book, 'floor') ? ['A temporary minimum is active: a run before its end replaces it.'] : []),
    ...overlaps
      .slice(0, MOST_NAMED)
      .map(
        overlap =>
          `\`${shortName(overlap.schedule.name)}\` sets ${scheduledText(overlap.schedule)} at ${timeMark(overlap.at)}: the last to run wins.`,
      ),
    ...(more > 0 ? [`${more} more scheduled ${more === 1 ? 'action overlaps' : 'actions overlap'}.`] : []),
    ...changes.map(({ at, skipped }) =>
      skipped ? `The clocks skip ${at}: it does not run then.` : `The clocks show ${at} twice: it may run twice.`,
    ),
  ]
}
