// What a schedule makes of its values: the line, what it replaces, its risk, and the way back.

import type { NewPlan, Plan, Risk } from '../../engine/change/plan.ts'
import { OVER_LEASE, REPEATS, REPLACES, riskOfBounds, worse } from '../../engine/change/risk.ts'
import { leasesOf } from '../../engine/leases/book.ts'
import { withSpot } from '../../features/capacity/spot-risk.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import { boundsSetBy, riskOfStep, type Step } from '../../features/scaling/schedule-steps.ts'
import type { Schedules } from '../../features/scaling/schedule-words.ts'
import { type When, when } from '../../kit/language/kinds/scaling.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import type { Autoscaling, Bounds, ScheduledBounds, ServiceRef } from '../../model/ecs.ts'
import { boundsText } from '../../model/scaling-words.ts'
import type { Moment } from '../../model/time.ts'

type Values = {
  readonly when: When
  readonly bounds: Bounds
  readonly until?: Moment | undefined
  readonly zone?: string | undefined
}

/** `today`: the bounds without temporary changes, which the end sets back. */
export type Planned = {
  readonly state: Scaling
  readonly autoscaling: Autoscaling
  readonly values: Values
  readonly made: Schedules
  readonly today: Bounds
  /** The next runs of the start and of the end, ISO 8601. */
  readonly times: { readonly start: readonly string[]; readonly end: readonly string[] }
}

export const actionsOf = ({ start, end }: Schedules): readonly ScheduledBounds[] =>
  end === undefined ? [start] : [start, end]

export const isSame = (found: ScheduledBounds, wanted: ScheduledBounds): boolean =>
  isSameTime(found, wanted) && found.min === wanted.min && found.max === wanted.max

const isSameTime = (found: ScheduledBounds, wanted: ScheduledBounds): boolean =>
  found.name === wanted.name &&
  found.expression === wanted.expression &&
  found.timezone === wanted.timezone &&
  found.starts === undefined &&
  found.ends === undefined

/** The scheduled actions that get other values. */
export const replacedBy = (made: Schedules, { schedules }: Autoscaling): readonly ScheduledBounds[] =>
  actionsOf(made).flatMap(wanted => schedules.filter(found => found.name === wanted.name && !isSame(found, wanted)))

export const lineOf = (ref: ServiceRef, { when: at, until, zone }: Values, bounds: Bounds): string =>
  [
    `autoscale schedule ${fullName(ref)} ${printWord(when.print(at))} ${boundsText(bounds)}`,
    ...(until === undefined ? [] : [`--until ${printWord(until)}`]),
    ...(zone === undefined ? [] : [`--zone ${printWord(zone)}`]),
  ].join(' ')

/** When, without the markup characters of a cron expression. */
export const wordsOf = ({ when: at, until, zone = 'UTC' }: Values): string => {
  if (at.kind === 'raw') return `by its ${/^\w+/.exec(at.expression)?.[0]} expression, ${zone}`
  return `${when.print(at)}${until === undefined ? '' : ` to ${until.replace('T', ' ')}`} ${zone}`
}

export const riskOfSchedule = (planned: Planned, steps: readonly Step[], replaced: readonly ScheduledBounds[]): Risk =>
  [
    ...steps.map(riskOfStep),
    ...(repeats(planned.values.when) ? [REPEATS] : []),
    ...(isLeasedThen(planned) ? [OVER_LEASE] : []),
    ...replaced.flatMap(found => [REPLACES, ...riskOfReplaced(found, planned)]),
    ...actionsOf(planned.made).map(action => riskOnSpot(action, planned)),
  ].reduce(worse)

const riskOnSpot = (action: ScheduledBounds, { state, today }: Planned): Risk => {
  const { service } = state
  return withSpot(NO_RISK, state, { count: service.desired, most: boundsSetBy(action, today).max })
}

const NO_RISK: Risk = { level: 'low', reasons: [] }

const repeats = (at: When): boolean => at.kind === 'weekly' || (at.kind === 'raw' && !at.expression.startsWith('at('))

/** The new bounds are also compared with those that the action set before. */
const riskOfReplaced = (found: ScheduledBounds, { made, today }: Planned): readonly Risk[] =>
  actionsOf(made)
    .filter(({ name }) => name === found.name)
    .map(wanted => riskOfBounds(boundsSetBy(found, today), boundsSetBy(wanted, today)))

/** Whether a temporary change of the count, the bounds or a suspension is active at the first run, as far as is known. */
const isLeasedThen = ({ state: { book, now }, times }: Planned): boolean => {
  const [run = now] = times.start
  return (
    book !== undefined &&
    leasesOf(book).some(
      ({ holding, left, lost, until }) =>
        holding.kind !== 'capacity' && left === undefined && (lost !== undefined || until > run),
    )
  )
}

/** The undo in words, and its line where one line is enough. */
export const wayBack = (
  { state, values, made, today }: Planned,
  replaced: readonly ScheduledBounds[],
): Pick<NewPlan, 'undo'> & Pick<Plan, 'takeBack'> => {
  const { ref } = state.service
  const { start, end } = made
  const [first, ...others] = replaced
  if (first === undefined) {
    const isToday = boundsText(values.bounds) === boundsText(today)
    return {
      undo: isToday ? 'unschedule it' : `unschedule it, then set ${boundsText(today)}`,
      takeBack: `autoscale unschedule ${fullName(ref)} ${printWord(start.name)}`,
    }
  }
  const { min, max } = first
  const isLine = first.name === start.name && isSameTime(first, start) && others.length === 0
  if (!isLine || min === undefined || max === undefined || (end !== undefined && !isThere(end, state)))
    return { undo: 'set the replaced action again: see Details' }
  return { undo: `schedule ${boundsText({ min, max })} again`, takeBack: lineOf(ref, values, { min, max }) }
}

const isThere = (wanted: ScheduledBounds, { autoscaling }: Scaling): boolean =>
  autoscaling?.schedules.some(found => isSame(found, wanted)) === true
