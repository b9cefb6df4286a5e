// /ecs autoscale unschedule: deletes a scheduled action, and with a start also the end that Quarterdeck made for it.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { UNSCHEDULED } from '../../engine/change/risk.ts'
import { scheduledText } from '../../features/scaling/autoscaling.ts'
import { nextFirings } from '../../features/scaling/clock-changes.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { deleteSchedule } from '../../features/scaling/scaling-calls.ts'
import { givesRoomBack } from '../../features/scaling/schedule-room.ts'
import { endOf, startOf } from '../../features/scaling/schedule-words.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { codeText, plainName, shortName } from '../../kit/messages/text.ts'
import type { Autoscaling, ScheduledBounds } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { boundsText } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { boundsWithoutLeases } from '../lease/weight.ts'
import { autoscalingOf, digestOf, endingIf, planOf } from './plan.ts'
import { SCALING_READS } from './reads.ts'
import { isDeleted, settledSchedules } from './settled.ts'

export const unschedule = mutation({
  name: 'autoscale unschedule',
  summary: 'Delete a scheduled action',
  args: { service: { kind: 'service' }, name: { kind: 'schedule' } },
  options: {},
  examples: ['autoscale unschedule checkout quarterdeck-weekdays-0845'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:DeleteScheduledAction'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker),
  plan: ({ name }, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    const found = autoscaling.schedules.find(one => one.name === name)
    return found === undefined ? unknown(name, state, autoscaling) : planUnschedule(state, autoscaling, found)
  },
  applied: isDeleted,
  settled: settledSchedules,
})

const unknown = (name: string, { service: { ref } }: Scaling, { schedules }: Autoscaling): Refusal =>
  refuse(
    `*${ref.service}* has no scheduled action \`${plainName(name, 80)}\`.`,
    schedules.length === 0 ? 'It has none.' : 'It has these:',
    schedules.map(one => ({
      label: `Delete ${shortName(one.name, 60)}`,
      invocation: `autoscale unschedule ${fullName(ref)} ${printWord(one.name)}`,
    })),
  )

const planUnschedule = (state: Scaling, autoscaling: Autoscaling, found: ScheduledBounds): NewPlan => {
  const { service, now } = state
  const { ref, desired } = service
  const partner = autoscaling.schedules.find(({ name }) => name === endOf(found.name) && startOf(name) === found.name)
  const start = autoscaling.schedules.find(({ name }) => name === startOf(found.name))
  const gone = [found, ...(partner === undefined ? [] : [partner])]
  const [next] = nextFirings(found, now, 1)
  const others = autoscaling.schedules.filter(one => !gone.includes(one))
  const today = boundsWithoutLeases(state, autoscaling, autoscaling)
  const ending = endingIf(givesRoomBack(partner ?? found, { others, today, now }), autoscaling)
  return planOf(state, {
    command: 'autoscale unschedule',
    ...ending,
    also: ['autoscale bounds', ...(ending.also ?? [])],
    invocation: `autoscale unschedule ${fullName(ref)} ${printWord(found.name)}`,
    title: `Delete schedule *${plainName(found.name, 256)}* of *${ref.service}*`,
    changes: gone.map(one => ({
      what: `Scheduled action ${plainName(one.name)}`,
      from: scheduledText(one),
      to: 'deleted',
    })),
    risk: UNSCHEDULED,
    size: 0,
    tasks: desired,
    losses: [
      next === undefined
        ? 'It would not have run again'
        : `Does not set ${scheduledText(found)} at ${timeMark(next)} and later`,
      `The bounds stay at ${boundsText(autoscaling)}`,
      ...(start === undefined ? [] : [cardLine(`\`${shortName(start.name)}\` stays, and has no end then`)]),
    ],
    undo: undoOf(found),
    consequences: [
      ...gone.map(one => `${codeText(one.name)} was ${codeText(one.expression)} in ${plainName(one.timezone)}.`),
      ...(partner === undefined ? [] : ['Its end is deleted with it.']),
    ],
    compared: { schedules: digestOf(gone) },
    calls: gone.map(({ name }) => deleteSchedule(ref, autoscaling.arn, name)),
  })
}

/** AWS keeps nothing of a deleted action. */
const undoOf = ({ min, max }: ScheduledBounds): string =>
  min === undefined || max === undefined ? 'create it again at AWS: see Details' : 'schedule it again: see Details'
