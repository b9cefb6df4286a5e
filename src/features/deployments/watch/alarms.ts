// What a watch after a deployment watches: the alarms of the service's deployments, and one that the line names. Alarms of
// scaling policies follow the load, and an alarm that is not OK at the start says nothing about the deployment. After a change of
// size it watches the tasks themselves, too.

import { cardLine, shortenedLine } from '../../../engine/cards/card-line.ts'
import type { Line, Watch, WatchLimits } from '../../../engine/change/plan.ts'
import { durationWords, printDuration } from '../../../kit/language/kinds/duration.ts'
import { revealHidden } from '../../../kit/language/refused-characters.ts'
import { fullName } from '../../../kit/language/target.ts'
import { printWord } from '../../../kit/language/tokenise.ts'
import { plainName, shortName, wholeName } from '../../../kit/messages/text.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import type { JsonObject } from '../../../model/json.ts'
import type { AlarmState, DefinitionBase, ServiceDetail, ServiceRevision } from '../../../model/service-detail.ts'
import type { ScalingReads } from '../../scaling/reads.ts'
import type { StatusReads } from '../../status/reads.ts'
import type { DeploymentReads } from '../reads.ts'
import { loadWayBack } from './way-back.ts'

/** The options of the line. `watch`: minutes. `hasLimits`: the size changes, so the tasks are watched, too. */
export type AskedWatch = {
  readonly watch?: number | undefined
  readonly alarm?: string | undefined
  readonly hasLimits?: true
}

export const LIMITS: WatchLimits = { failures: 3, percent: 90, minutes: 10 }

/** `named`: the alarm of the line. `unwatched`: the other alarms of the service, with the reason. */
export type AlarmWatch = { readonly plan: Watch; readonly named?: string; readonly unwatched: readonly string[] }

/** The maximum number of characters of a name that is shown. CloudWatch allows 255. */
const MOST_NAME = 60

/** The name of an alarm without markup, and with characters that cannot be seen made visible. */
export const alarmName = (name: string): string => revealHidden(plainName(name, MOST_NAME))

const LEAST_MINUTES = 5
const MOST_MINUTES = 360

type Around = {
  readonly detail: ServiceDetail
  readonly base: DefinitionBase
  readonly from: ServiceRevision | undefined
}

type Reads = Pick<StatusReads, 'alarms'> & Pick<ScalingReads, 'scalingPolicies'> & Pick<DeploymentReads, 'digestOf'>

export const loadWatch = async (
  { watch: minutes, alarm: named, hasLimits }: AskedWatch,
  { detail, base, from }: Around,
  read: Reads,
): Promise<AlarmWatch | Refusal | undefined> => {
  if (minutes === undefined)
    return named === undefined ? undefined : refuse('`--alarm` needs `--watch`.', 'For example `--watch 20m`.')
  if (minutes < LEAST_MINUTES || minutes > MOST_MINUTES)
    return refuse(`A watch takes 5 minutes to 6 hours, not ${durationWords(minutes)}.`, 'For example `--watch 20m`.')
  const { service } = detail
  const wayBack = await loadWayBack(base, from, read)
  if (isRefusal(wayBack)) return wayBack
  const names = [...new Set([...detail.alarms, ...(named === undefined ? [] : [named])])]
  const [policies, states] = await Promise.all([
    read.scalingPolicies(service.ref),
    names.length === 0 ? [] : read.alarms(service.ref, names),
  ])
  const scaling = new Set(policies.flatMap(({ alarms = [] }) => alarms))
  const found = names.map(name => ({ name, why: whyNot(name, states, scaling) }))
  const refused = found.find(({ name, why }) => name === named && why !== undefined)
  if (refused !== undefined)
    return refuse(`The alarm \`${alarmName(refused.name)}\` cannot be watched: it is ${refused.why}.`, HINT)
  const alarms = found.flatMap(({ name, why }) => (why === undefined ? [name] : []))
  const unwatched = found.flatMap(({ name, why }) => (why === undefined ? [] : [`${alarmName(name)} (${why})`]))
  if (alarms.length === 0 && hasLimits === undefined) return refuseNothing(detail, unwatched)
  const { ref } = service
  return {
    plan: {
      minutes,
      alarms,
      ...(hasLimits && { limits: LIMITS }),
      ...wayBack,
      back: {
        service: 'ecs',
        action: 'UpdateService',
        input: { cluster: ref.cluster, service: ref.arn, taskDefinition: base.arn },
        resources: [ref.arn],
        passes: base.roles,
        repeatable: true,
      },
    },
    ...(named !== undefined && { named }),
    unwatched,
  }
}

const HINT = 'Name an alarm of the service that is OK: `--alarm <name>`.'

const STATES: Readonly<Record<AlarmState['state'], string | undefined>> = {
  OK: undefined,
  ALARM: 'in ALARM',
  INSUFFICIENT_DATA: 'without data',
}

/** Application Auto Scaling gives its alarms names with this beginning. */
const TRACKING = /^TargetTracking-/

const whyNot = (name: string, states: readonly AlarmState[], scaling: ReadonlySet<string>): string | undefined => {
  if (scaling.has(name) || TRACKING.test(name)) return 'part of autoscaling'
  const state = states.find(one => one.name === name)
  return state === undefined ? 'not there' : STATES[state.state]
}

const refuseNothing = ({ service: { ref } }: ServiceDetail, unwatched: readonly string[]): Refusal =>
  refuse(
    unwatched.length === 0
      ? `*${ref.service}* has no alarms to watch: its deployments name none.`
      : `*${ref.service}* has no alarm that can be watched now: ${unwatched.join(', ')}.`,
    HINT,
    [{ label: 'Status', invocation: `status ${fullName(ref)}` }],
  )

/** Of the canonical line. */
export const watchOptions = (watch: AlarmWatch | undefined): string =>
  watch === undefined
    ? ''
    : ` --watch ${printDuration(watch.plan.minutes)}${watch.named === undefined ? '' : ` --alarm ${printWord(watch.named)}`}`

/** What the approval binds to, as text: the fingerprint has the watch itself. */
export const watchBinds = (watch: AlarmWatch | undefined): JsonObject =>
  watch === undefined
    ? {}
    : {
        'watched minutes': watch.plan.minutes,
        'watched alarms': watch.plan.alarms.map(alarmName),
        'rolls back to': plainName(watch.plan.to),
      }

export const watchIncluded = ({ plan, unwatched }: AlarmWatch): readonly Line[] => [
  shortenedLine(backText(wholeName(plan.to), plan), backText(shortName(plan.to), plan)),
  ...(plan.images.includes('') ? ['an image of the way back cannot be compared: a new one may start'] : []),
  ...(unwatched.length === 0 ? [] : [cardLine(`not watched: ${unwatched.join(', ')}`)]),
]

const backText = (to: string, { minutes, alarms, limits }: Watch): string =>
  limits === undefined
    ? `rolls back to ${to} if an alarm fires within ${durationWords(minutes)}`
    : `rolls back to ${to} on failures${alarms.length === 0 ? '' : ', alarms'} or overload within ${durationWords(minutes)}`

const watchedText = ({ alarms, limits }: Watch): string => {
  const names = alarms.map(name => `\`${alarmName(name)}\``)
  if (limits === undefined) return `${names.join(', ')} and crash loops of the new tasks`
  const { failures, percent, minutes } = limits
  const words = [
    ...names.map(name => `the alarm ${name}`),
    'tasks out of memory',
    `${failures} failed tasks within an hour`,
    `CPU or memory over ${percent} % for ${minutes} minutes`,
  ]
  return `for ${words.slice(0, -1).join(', ')} and ${words.at(-1)},`
}

export const watchConsequences = (watch: AlarmWatch | undefined): readonly string[] =>
  watch === undefined
    ? []
    : [
        `After the deployment it watches ${watchedText(watch.plan)} for ${durationWords(watch.plan.minutes)}.`,
        'In this time it goes back by itself, also during a freeze, but not during a halt or after another deployment.',
        ...(watch.unwatched.length === 0 ? [] : [`Not watched: ${watch.unwatched.join(', ')}.`]),
      ]
