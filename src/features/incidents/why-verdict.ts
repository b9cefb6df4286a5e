// Pure: composes the first line of /ecs why. The line names only causes that a source (ECS, CloudTrail, the audit, …)
// names.

import { cut, date, literal } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { JsonObject } from '../../model/json.ts'
import type { Cause } from './causes.ts'
import type { Why } from './load-why.ts'

/** The first line as elements of a message. `cause`: the cause that the line shows as a chain of changes. */
export type Verdict = { readonly parts: readonly JsonObject[]; readonly cause?: Cause }

/**
 * Slack's date format for a period. The date is included if the period is in the past or longer than 12 h, because a
 * time alone would be ambiguous.
 */
export const timeFormat = ({ minutes, isPast }: Why['asking']): string =>
  minutes <= 720 && !isPast ? '{time}' : '{date_short_pretty} {time}'

const LONGEST = 200
/** The maximum number of changes in a chain: the first ones and the last one. */
const MOST_STEPS = 5

/** The maximum age of an ended problem that is still shown as a current one. The value is our choice. */
const RECENT_MS = 3_600_000

export const verdictOf = ({ ref, health, causes, asking, unread, now }: Why): Verdict => {
  const name = plainName(ref.service)
  const bad = causes.find(({ isBad }) => isBad)
  const [newest] = causes
  const { isPast, words } = asking
  const format = timeFormat(asking)
  const [concern] = isPast ? [] : health.concerns
  const known = unread.length === 0 ? '' : ', as far as could be read'
  if (newest === undefined) {
    const trouble = concern === undefined ? '' : `; ${cut(plainName(concern, LONGEST), LONGEST)}`
    return {
      parts: [...heading(name, concern !== undefined), ...inWords(`: nothing changed ${words}${known}${trouble}`)],
    }
  }
  const isOfNow = bad !== undefined && (bad === newest || Date.parse(now) - Date.parse(bad.last) < RECENT_MS)
  if (bad !== undefined && (isPast || (concern !== undefined && isOfNow)))
    return { parts: [...heading(name, true), literal(': '), ...chain(bad, format)], cause: bad }
  if (concern !== undefined)
    return {
      parts: [
        ...heading(name, true),
        literal(`: ${cut(plainName(concern, LONGEST), LONGEST)}. Newest change: `),
        ...chain(newest, format),
      ],
      cause: newest,
    }
  if (isPast)
    return {
      parts: [...heading(name, false), literal(': no problem found. Newest change: '), ...chain(newest, format)],
      cause: newest,
    }
  const lead = bad === undefined ? 'Newest change: ' : 'Last problem: '
  return {
    parts: [
      ...heading(name, false),
      literal(` ${plainName(health.summary)}. ${lead}`),
      ...chain(bad ?? newest, format),
    ],
    cause: bad ?? newest,
  }
}

const heading = (name: string, isBad: boolean): readonly JsonObject[] => [
  ...(isBad ? [literal('❌ ')] : []),
  { type: 'text', text: name, style: { bold: true } },
]

/** Converts a sentence that contains at most one time to elements of a message. */
const inWords = (text: string): readonly JsonObject[] => {
  const [, before = text, at, after = ''] = /^(.*?)<(20\d\d-[\d-]+T[\d:]+Z)>(.*)$/.exec(text) ?? []
  return [
    literal(before),
    ...(at === undefined ? [] : [date(at, '{date_short_pretty} {time}'), literal(after)]),
  ].filter(one => one['text'] !== '')
}

/** The changes of a cause as a chain: `deployed :8 at 10:02 → 9 tasks out of memory → rolled back 10:09`. */
export const chain = ({ changes, times }: Cause, format: string): readonly JsonObject[] => {
  const steps = changes.length <= MOST_STEPS ? changes : [...changes.slice(0, MOST_STEPS - 1), ...changes.slice(-1)]
  return steps.flatMap((change, nth) => {
    const isCut = nth === MOST_STEPS - 1 && changes.length > MOST_STEPS
    const arrow = nth === 0 ? '' : isCut ? ` → … ${changes.length - MOST_STEPS} more → ` : ' → '
    return [
      literal(`${arrow}${cut(change.brief, 80)} `),
      date(change.at, nth === 0 ? format : '{time}'),
      ...(times > 1 ? [literal(` (${times} times)`)] : []),
    ]
  })
}
