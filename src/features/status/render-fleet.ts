// Renders /ecs services. Unhealthy services come first; each line shows the age of its data.

import { fullName } from '../../kit/language/target.ts'
import { context, firstThatFit, list, literal, plain, richText, section } from '../../kit/messages/markup.ts'
import { offerButtons } from '../../kit/messages/render-refusal.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { FleetState, Verdict } from './load-fleet.ts'

/** The maximum number of lines in a message. Further services are only counted. */
const MOST_LINES = 40
const MOST_BUTTONS = 5

const ORDER: readonly Verdict['health'][] = ['unhealthy', 'deploying', 'unknown', 'healthy']

export const renderFleet = (state: FleetState): Rendered => {
  const { verdicts, isUnhealthyOnly, counted, now, unread } = state
  const unhealthy = verdicts.filter(({ health }) => health === 'unhealthy')
  const shown = isUnhealthyOnly
    ? unhealthy
    : verdicts.toSorted(
        (a, b) => ORDER.indexOf(a.health) - ORDER.indexOf(b.health) || (fullName(a.ref) < fullName(b.ref) ? -1 : 1),
      )
  const head = headOf(state, unhealthy.length)
  const lines = firstThatFit(shown.slice(0, MOST_LINES).map(verdict => lineOf(verdict, now)))
  const left = shown.length - lines.length
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      ...(shown.length === 0 ? [] : [richText({ ...list([]), elements: lines })]),
      ...(left > 0
        ? [context(`and ${left.toLocaleString('en')} more: filter with --account, --cluster, --tag or --unhealthy`)]
        : []),
      context(sourceText(verdicts.length, counted)),
      ...unread.slice(0, 3).map(words => context(`Unavailable: ${words}`)),
      ...(unhealthy.length === 0
        ? []
        : [
            offerButtons(
              unhealthy
                .slice(0, MOST_BUTTONS)
                .map(({ ref }) => ({ label: ref.service, invocation: `status ${fullName(ref)}` })),
            ),
          ]),
    ],
  }
}

const headOf = ({ verdicts }: FleetState, unhealthy: number): string => {
  const countOf = (health: Verdict['health']): number => verdicts.filter(verdict => verdict.health === health).length
  const all = `${verdicts.length.toLocaleString('en')} ${verdicts.length === 1 ? 'service' : 'services'}`
  if (verdicts.length === 0) return 'No service matches that you may view.'
  const others = [
    ...(countOf('deploying') > 0 ? [`${countOf('deploying')} deploying`] : []),
    ...(countOf('unknown') > 0 ? [`${countOf('unknown').toLocaleString('en')} unknown`] : []),
  ]
  const first = unhealthy === 0 ? 'none known to be unhealthy' : `*${unhealthy.toLocaleString('en')} unhealthy*`
  return `${all}: ${[first, ...others].join(', ')}`
}

const sourceText = (all: number, counted: number): string =>
  counted === all
    ? 'Source: ECS events and CloudWatch counts, without DescribeServices.'
    : `Source: ECS events, and CloudWatch counts for ${counted.toLocaleString('en')} of them. Counts need Container Insights.`

const lineOf = ({ ref, health, why, at }: Verdict, now: string): JsonObject =>
  section(
    health === 'unhealthy' ? `*${fullName(ref)}*` : fullName(ref),
    literal(
      ` ${health === 'healthy' || health === 'unknown' ? '' : `${health}: `}${plainName(why, 160)}${at === undefined ? '' : ` · ${ageOf(at, now)}`}`,
    ),
  )

/** The age of data in words: `40 s ago`, `12 min ago`, `3 h ago`, `5 d ago`. */
export const ageOf = (at: string, now: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(at)) / 1_000))
  if (seconds < 90) return `${seconds} s ago`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} d ago`
}
