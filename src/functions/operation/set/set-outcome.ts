// Pure: how the services of a change set ended, and when no further one begins.

import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Member } from '../../../engine/change/plan.ts'
import { fullName } from '../../../kit/language/target.ts'
import { isFailed, type MemberResult } from './records.ts'

/** After so many failures in a row no further service begins. */
const MOST_FAILURES = 3

/**
 * Why no further service begins, from the results in the order of their end. `lost`: how many reported no end; they count
 * as the last failures. A service that was refused was not changed, so it neither ends nor lengthens a row.
 */
export const brakeOn = (ended: readonly MemberResult[], lost: number): string | undefined => {
  let row = 0
  for (const status of [...ended.map(one => one.status), ...Array.from({ length: lost }, () => 'unknown')]) {
    if (status === 'done') row = 0
    if (status === 'failed' || status === 'unknown') row += 1
    if (row >= MOST_FAILURES) return `${MOST_FAILURES} services failed in a row.`
  }
  return undefined
}

export const inOrderOfEnd = (results: readonly MemberResult[]): readonly MemberResult[] =>
  results.toSorted((a, b) => (a.at === b.at ? a.number - b.number : a.at < b.at ? -1 : 1))

const MOST_NAMED = 20

/** `why`: the reason why some did not begin. A service that Stop kept from its call did not begin either. */
export const outcomeOf = (
  members: readonly Member[],
  results: readonly MemberResult[],
  why: string | undefined,
): Outcome => {
  const ended = results.filter(({ status }) => status !== 'cancelled')
  const failed = ended.filter(isFailed)
  const reason = why ?? results.find(({ status }) => status === 'cancelled')?.text
  const begun = new Set(ended.map(({ number }) => number))
  const left = members.filter((_, number) => !begun.has(number))
  const name = (number: number): string => {
    const member = members[number]
    return member === undefined ? `${number}` : fullName(member.ref)
  }
  const done = ended.length - failed.length
  return {
    status: failed.some(({ status }) => status === 'unknown')
      ? 'unknown'
      : failed.length + left.length > 0
        ? 'failed'
        : 'done',
    text: [
      `${done} of ${members.length} services done${failed.length === 0 ? '' : `, ${failed.length} not`}.`,
      ...(left.length === 0 ? [] : [`${left.length} not begun${reason === undefined ? '' : `: ${reason}`}`]),
    ].join(' '),
    details: [
      ...failed.slice(0, MOST_NAMED).map(({ number, status, text }) => `${name(number)}: ${status}. ${text}`),
      ...(failed.length > MOST_NAMED ? [`and ${failed.length - MOST_NAMED} more that failed`] : []),
      ...(left.length === 0
        ? []
        : [
            `Not begun: ${left
              .slice(0, MOST_NAMED)
              .map(({ ref }) => fullName(ref))
              .join(', ')}${left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : ''}`,
          ]),
    ],
  }
}

const MOST_TEXT = 300

/** What a durable step returns of the results: texts of what the outcome names only. */
export const shortened = (results: readonly MemberResult[]): readonly MemberResult[] => {
  let named = 0
  return results.map(one => {
    if (isFailed(one)) named += 1
    return { ...one, text: isFailed(one) && named <= MOST_NAMED ? one.text.slice(0, MOST_TEXT) : '' }
  })
}
