// /ecs lease extend: moves the end of a temporary change; needs approval like a new one.

import { cardLine, REVERTS_BY_ITSELF } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { EXTENDED } from '../../engine/change/risk.ts'
import type { Value } from '../../engine/leases/holding.ts'
import { baselineOf, otherLeases } from '../../engine/leases/origin.ts'
import { holdingText } from '../../engine/leases/render-leases.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { durationWords, printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import type { Bounds } from '../../model/ecs.ts'
import { isRefusal, refuse } from '../../model/errors.ts'
import { inBounds, timeText } from '../../model/scaling-words.ts'
import { planOf } from '../autoscale/plan.ts'
import { SCALING_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { type Chosen, choose } from './chosen.ts'
import { AT_LEAST, commandsOf, lossesOfHolding, movedAtEnd, valueWords } from './losses.ts'
import { circumstancesOf, endingByLoss, heavier, weightOf } from './weight.ts'

export const extendLease = mutation({
  name: 'lease extend',
  summary: 'Extend a temporary change',
  args: { service: { kind: 'service' }, by: { kind: 'duration' } },
  options: { lease: { kind: 'id', hint: 'id, if the service has several' } },
  examples: ['lease extend checkout 1h'],
  reads: SCALING_READS,
  writes: [],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { callers: true }),
  plan: ({ by, lease: id }, state: Scaling) => {
    const name = fullName(state.service.ref)
    const chosen = choose(state, id, lease => `lease extend ${name} ${printDuration(by)} --lease ${lease}`)
    if (isRefusal(chosen)) return chosen
    return chosen.lease.left !== undefined || chosen.lease.lost !== undefined || chosen.lease.until <= state.now
      ? refuse('This temporary change has ended and cannot be extended.', '`/ecs leases` lists temporary changes.')
      : planExtend(state, chosen, by)
  },
})

const planExtend = (state: Scaling, { book, lease }: Chosen, minutes: number): NewPlan => {
  const { ref, desired } = state.service
  const until = new Date(Date.parse(lease.until) + minutes * 60_000).toISOString()
  const line = `lease extend ${fullName(ref)} ${printDuration(minutes)} --lease ${lease.operation.slice(0, 12)}`
  return planOf(state, {
    command: 'lease extend',
    also: commandsOf(lease.holding),
    invocation: line,
    title: `Extend the temporary change of *${ref.service}* by ${printDuration(minutes)}`,
    changes: [
      {
        what: `End of ${holdingText(lease.holding)}, requested by ${lease.holder.name}`,
        from: timeText(lease.until),
        to: timeText(until),
      },
    ],
    ...heavier(
      { risk: EXTENDED, size: 0, tasks: desired },
      weightOf(lease.holding, baselineOf(book, lease), circumstancesOf(state)),
    ),
    losses: [
      `Stays ${durationWords(minutes)} longer: ${holdingText(lease.holding)}`,
      `Ends at ${timeMark(until)}, not at ${timeMark(lease.until)}`,
      ...lossesOfHolding(lease.holding),
    ].map(cardLine),
    undo: REVERTS_BY_ITSELF,
    included: [cardLine(revertAt(state, { book, lease }, until))],
    consequences: ['When it expires, it is reverted as planned.'],
    calls: [
      {
        service: 'quarterdeck',
        action: 'ExtendLease',
        input: { lease: lease.operation, until },
        resources: [ref.arn],
        repeatable: true,
      },
    ],
    ...endingByLoss(state, lease.holding, until),
    totalMinutes: Math.ceil((Date.parse(until) - Date.parse(lease.begun)) / 60_000),
  })
}

const revertAt = ({ service, autoscaling }: Scaling, { book, lease }: Chosen, until: string): string => {
  const baseline = baselineOf(book, lease)
  if (baseline === undefined) return 'nothing is reverted: the service was recreated'
  const end = otherLeases(book, lease).length > 0 ? 'after the last temporary change' : `at ${timeMark(until)}`
  return `reverts to ${valueWords(baseline)} ${end}${moveOf(service.desired, baseline, autoscaling)}`
}

/** The end of a suspension moves the count into the bounds. */
const moveOf = (desired: number, baseline: Value, bounds: Bounds | undefined): string => {
  if ('tasks' in baseline) return movedAtEnd(desired, baseline.tasks)
  if ('max' in baseline) return movedAtEnd(desired, inBounds(desired, baseline), AT_LEAST)
  return 'in' in baseline && bounds !== undefined ? movedAtEnd(desired, inBounds(desired, bounds)) : ''
}
