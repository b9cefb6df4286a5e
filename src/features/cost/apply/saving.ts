// Pure: what a size saves, by the price table, before and after autoscaling adds tasks; where the table has no price, by what
// Compute Optimizer says.

import type { Service } from '../../../model/ecs.ts'
import type { DefinitionBase } from '../../../model/service-detail.ts'
import { costOfTasks } from '../cost-of-count.ts'
import { MONTH_HOURS } from '../estimates.ts'
import { capped, moneyText } from '../findings.ts'
import { costChange, dollars, type HourlyCost, PRICED_AT } from '../prices.ts'
import type { Saving, Size } from '../reads.ts'
import type { Resize } from './resize.ts'
import type { TasksAfter } from './tracked.ts'

/** An hour: of the service now, with the new size, and with the tasks that autoscaling adds. */
export type Costs = { readonly now: HourlyCost; readonly then: HourlyCost; readonly settled: HourlyCost }

type Kind = Pick<DefinitionBase, 'architecture' | 'isWindows'>

/** Undefined where the price of a task is not known. */
export const costsOf = (
  service: Service,
  { architecture, isWindows }: Kind,
  { from, to }: Pick<Resize, 'from' | 'to'>,
  tasks: number,
): Costs | undefined => {
  const cost = ({ cpu, memory }: Size, count: number): HourlyCost | undefined =>
    costOfTasks(service, { cpu, memory, architecture, isWindows }, count)
  const { desired } = service
  const [now, then, settled] = [cost(from, desired), cost(to, desired), cost(to, tasks)]
  return now === undefined || then === undefined || settled === undefined ? undefined : { now, then, settled }
}

/** What is saved a month, in USD; negative if it costs more. It is never more than what the service costs. */
export const savedAMonth = (before: HourlyCost, after: HourlyCost): number =>
  Math.min(before.usd, before.usd - after.usd) * MONTH_HOURS

const monthText = (before: HourlyCost, after: HourlyCost): string => {
  const saved = savedAMonth(before, after)
  return `${saved < 0 ? '+' : '−'}${dollars(saved)} a month`
}

/** The line of the card: after autoscaling has added its tasks. */
export const savingText = (
  costs: Costs | undefined,
  { option }: Pick<Resize, 'option'>,
  { tasks }: TasksAfter,
  desired: number,
): string | undefined => {
  const added = tasks - desired
  if (costs !== undefined) {
    const { now, settled } = costs
    const isSame = Math.abs(settled.usd - now.usd) < 0.000_05
    const more = added === 0 ? '' : ` with ${added} more ${added === 1 ? 'task' : 'tasks'}`
    return `About ${costChange(now, settled)}${isSame ? '' : `, ${monthText(now, settled)}`}${more}`
  }
  const saving = capped(option?.saving)
  return saving === undefined
    ? undefined
    : `About −${moneyText(saving.money)} a month${added === 0 ? '' : `, less ${added} more tasks`}`
}

/** Sentences for the dialog: the sources of the sums. `source`: as Compute Optimizer names it. */
export const savingConsequences = (
  costs: Costs | undefined,
  { option }: Pick<Resize, 'option'>,
  { tasks }: TasksAfter,
  { ref, desired }: Service,
): readonly string[] => [
  ...(costs === undefined
    ? [`The price table has no price for its tasks in ${ref.region}.`]
    : [
        `List prices of ${PRICED_AT}, without discounts: ${monthText(costs.now, costs.then)} with ${desired} ${desired === 1 ? 'task' : 'tasks'}${tasks === desired ? '' : `, ${monthText(costs.now, costs.settled)} with ${tasks}`}.`,
      ]),
  ...adviceText([option?.saving, option?.savingAfter].map(saving => withinCost(capped(saving), costs))),
]

/** The percentage of a saving says what the service costs; the price table knows it, too. */
const withinCost = (saving: Saving | undefined, costs: Costs | undefined): Saving | undefined => {
  if (saving === undefined || costs === undefined || saving.money.currency !== 'USD') return saving
  return { ...saving, money: { ...saving.money, amount: Math.min(saving.money.amount, costs.now.usd * MONTH_HOURS) } }
}

const adviceText = ([saving, after]: readonly (Saving | undefined)[]): readonly string[] => {
  if (saving === undefined) return []
  const discounted = after === undefined ? '' : `, ${moneyText(after.money)} after discounts`
  return [`Compute Optimizer estimates ${moneyText(saving.money)} a month${discounted}, without what autoscaling adds.`]
}
