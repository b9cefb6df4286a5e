// /ecs services: what is not well first, with how old that knowledge is.

import { fullName } from '../../kit/language/target.ts'
import { context, firstThatFit, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { FleetState, Verdict } from './load-fleet.ts'

/** Of a message: more are counted, and found with a narrower question. */
const MOST_LINES = 40
const MOST_BUTTONS = 5

const ORDER: readonly Verdict['is'][] = ['unhealthy', 'deploying', 'unknown', 'healthy']

export const renderFleet = (state: FleetState): Rendered => {
  const { verdicts, isUnhealthyOnly, counted, now, unread } = state
  const sick = verdicts.filter(({ is }) => is === 'unhealthy')
  const shown = isUnhealthyOnly
    ? sick
    : verdicts.toSorted(
        (a, b) => ORDER.indexOf(a.is) - ORDER.indexOf(b.is) || (fullName(a.ref) < fullName(b.ref) ? -1 : 1),
      )
  const head = headOf(state, sick.length)
  const lines = firstThatFit(shown.slice(0, MOST_LINES).map(verdict => lineOf(verdict, now)))
  const left = shown.length - lines.length
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      ...(shown.length === 0 ? [] : [richText({ ...list([]), elements: lines })]),
      ...(left > 0
        ? [context(`and ${left.toLocaleString('en')} more: narrow it with --account, --cluster, --tag or --unhealthy`)]
        : []),
      context(sourceWords(verdicts.length, counted)),
      ...unread.slice(0, 3).map(words => context(`Not read: ${words}`)),
      ...(sick.length === 0
        ? []
        : [
            offerButtons(
              sick
                .slice(0, MOST_BUTTONS)
                .map(({ ref }) => ({ label: ref.service, invocation: `status ${fullName(ref)}` })),
            ),
          ]),
    ],
  }
}

const headOf = ({ verdicts }: FleetState, sick: number): string => {
  const of = (is: Verdict['is']): number => verdicts.filter(verdict => verdict.is === is).length
  const all = `${verdicts.length.toLocaleString('en')} ${verdicts.length === 1 ? 'service' : 'services'}`
  if (verdicts.length === 0) return 'There is no such service that you may see.'
  const others = [
    ...(of('deploying') > 0 ? [`${of('deploying')} deploying`] : []),
    ...(of('unknown') > 0 ? [`${of('unknown').toLocaleString('en')} not known`] : []),
  ]
  const well = sick === 0 ? 'none is known to be unhealthy' : `*${sick.toLocaleString('en')} not healthy*`
  return [`Of ${all}, ${well}`, ...others].join(', ')
}

const sourceWords = (all: number, counted: number): string =>
  counted === all
    ? 'From ECS’s events and CloudWatch’s counts; no service was described.'
    : `From ECS’s events, and CloudWatch’s counts of ${counted.toLocaleString('en')} of them: Container Insights counts tasks, where it is on.`

const lineOf = ({ ref, is, why, at }: Verdict, now: string): JsonObject =>
  section(
    is === 'unhealthy' ? `*${fullName(ref)}*` : fullName(ref),
    literal(
      ` ${is === 'healthy' || is === 'unknown' ? '' : `${is}: `}${plainName(why, 160)}${at === undefined ? '' : ` · ${ageOf(at, now)}`}`,
    ),
  )

/** How old: `40 s ago`, `12 min ago`, `3 h ago`, `5 d ago`. */
export const ageOf = (at: string, now: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(at)) / 1_000))
  if (seconds < 90) return `${seconds} s ago`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} d ago`
}
