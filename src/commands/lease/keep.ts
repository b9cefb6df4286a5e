// /ecs lease keep: makes a temporary change permanent; needs approval like a new one.

import { CANNOT_BE_UNDONE, cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan, Plan } from '../../engine/change/plan.ts'
import { KEPT } from '../../engine/change/risk.ts'
import type { Lease } from '../../engine/leases/book.ts'
import { composeValue, type Holding, type Value } from '../../engine/leases/holding.ts'
import { baselineOf, otherLeases } from '../../engine/leases/origin.ts'
import { capacityText, holdingText } from '../../engine/leases/render-leases.ts'
import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import { isRefusal } from '../../model/errors.ts'
import { boundsText, suspendedNames, timeText } from '../../model/scaling-words.ts'
import { pinning, planOf } from '../autoscale/plan.ts'
import { SCALING_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { type Chosen, choose } from './chosen.ts'
import { commandsOf, lossesOfHolding, undoOfCountChange, valueWords } from './losses.ts'
import { circumstancesOf, heavier, type Weight, weightOf } from './weight.ts'

export const keepLease = mutation({
  name: 'lease keep',
  summary: 'Make a temporary change permanent',
  args: { service: { kind: 'service' } },
  options: { lease: { kind: 'id', hint: 'id, if the service has several' } },
  examples: ['lease keep checkout'],
  reads: SCALING_READS,
  writes: [],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { callers: true }),
  plan: ({ lease: id }, state: Scaling) => {
    const chosen = choose(state, id, lease => `lease keep ${fullName(state.service.ref)} --lease ${lease}`)
    return isRefusal(chosen) ? chosen : planKeep(state, chosen)
  },
})

const planKeep = (state: Scaling, { book, lease }: Chosen): NewPlan => {
  const { ref, desired } = state.service
  const before = baselineOf(book, lease)
  const ends = lease.left === undefined ? `ends ${timeText(lease.until)}` : `not reverted: ${lease.left.found}`
  const isRunning = lease.left === undefined && lease.lost === undefined
  const ending = isRunning ? endingOf(state, lease.holding, before) : {}
  const asIs: Weight = { risk: KEPT, size: 0, tasks: desired }
  return planOf(state, {
    command: 'lease keep',
    ...ending,
    also: [...commandsOf(lease.holding), ...(ending.also ?? [])],
    invocation: `lease keep ${fullName(ref)} --lease ${lease.operation.slice(0, 12)}`,
    title: `Make the temporary change of *${ref.service}* permanent`,
    changes: [{ what: `${whatOf(lease, before)}, requested by ${lease.holder.name}`, from: ends, to: 'permanent' }],
    ...heavier(
      asIs,
      isRunning ? weightOf(lease.holding, before, { ...circumstancesOf(state), isPermanent: true }) : asIs,
    ),
    losses: lossesOf(lease, before, otherLeases(book, lease).length > 0).map(cardLine),
    undo: undoOf(state, before),
    consequences: ['Other temporary changes stay, and revert to no less than this.'],
    calls: [
      {
        service: 'quarterdeck',
        action: 'KeepLease',
        input: { lease: lease.operation },
        resources: [ref.arn],
        repeatable: true,
      },
    ],
    ...(lease.holding.kind === 'suspension' &&
      lease.left === undefined && { callers: state.callers, isPermanent: true }),
  })
}

/** A minimum that is the maximum leaves the policies no room. */
const endingOf = (
  { autoscaling }: Scaling,
  holding: Holding,
  before: Value | undefined,
): Pick<Plan, 'also' | 'isPermanent'> => {
  const after = before && composeValue(before, [holding])
  return autoscaling !== undefined && before !== undefined && 'max' in before && after !== undefined && 'max' in after
    ? pinning(autoscaling, before, after)
    : {}
}

/** `before`: the value to which the temporary change would have reverted. */
const lossesOf = (lease: Lease, before: Value | undefined, hasOthers: boolean): readonly string[] => {
  const { holding, left } = lease
  if (left !== undefined) return [`Stays as someone else set it: ${plainName(left.found)}`]
  if (holding.kind === 'suspension' || before === undefined)
    return [`No longer reverts: ${holdingText(holding)}`, ...lossesOfHolding(holding)]
  const after = holding.kind === 'floor' && hasOthers ? ' after other temporary changes' : ''
  const kept = holding.kind === 'floor' ? keptBounds(holding, before) : holdingText(holding)
  return [`No longer reverts to ${valueWords(before)}: stays at ${kept}${after}`, ...lossesOfHolding(holding)]
}

/** Both bounds as they are without other temporary changes. */
const keptBounds = (holding: Holding, before: Value): string => valueWords(composeValue(before, [holding]))

const whatOf = ({ holding, left }: Lease, before: Value | undefined): string =>
  holding.kind === 'floor' && left === undefined && before !== undefined
    ? `bounds ${keptBounds(holding, before)}`
    : holdingText(holding)

/** `before`: as above. */
const undoOf = ({ service: { desired } }: Scaling, before: Value | undefined): string => {
  if (before === undefined) return CANNOT_BE_UNDONE
  if ('strategy' in before) return `set ${capacityText(before)} again; replaces every task`
  if ('max' in before) return `set ${boundsText(before)} again`
  if ('tasks' in before) return undoOfCountChange(desired, before.tasks)
  const others = suspendedNames(before)
  return others === '' ? 'resume autoscaling' : `resume autoscaling, then suspend ${others} again`
}
