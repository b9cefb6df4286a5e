// The pictures of a digest: its lines and its savings over the last weeks, from the runs in the store.

import { countWords } from '../../kit/messages/text.ts'
import type { RowsPicture } from '../../model/picture.ts'
import type { Picture } from '../../model/ports/message.ts'
import type { Run } from './records.ts'

const MOST_WEEKS = 8
const WEEK_MS = 7 * 86_400_000
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * 86_400_000

type Values = readonly [number, number]

/** A week's last run and what all its runs told. `label`: the week's Monday in UTC. */
type Week = { readonly label: string; readonly lines: Values; readonly savings: Values }

const weekOf = ({ due }: Run): number => Math.floor((Date.parse(due) - FIRST_MONDAY_MS) / WEEK_MS)

/** `runs`: newest first. */
const weeksIn = (runs: readonly Run[]): readonly Week[] => {
  const counted = runs.filter(({ counts }) => counts !== undefined)
  const weeks = [...new Set(counted.map(weekOf))].slice(0, MOST_WEEKS).toReversed()
  return weeks.map(week => {
    const ofWeek = counted.filter(run => weekOf(run) === week)
    const [last] = ofWeek
    const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
    const openOf = (run: Run | undefined) => sum(Object.values(run?.counts ?? {}).map(({ open }) => open))
    const toldOf = (run: Run) => sum(Object.values(run.counts ?? {}).map(({ told }) => told))
    return {
      label: `Week of ${new Date(week * WEEK_MS + FIRST_MONDAY_MS).toISOString().slice(0, 10)}`,
      lines: [openOf(last), sum(ofWeek.map(toldOf))],
      savings: [last?.savings?.open ?? 0, sum(ofWeek.map(run => run.savings?.told ?? 0))],
    }
  })
}

/** Whether none of the earlier runs of this week was posted: the trend is told once a week. `runs`: newest first, with this one. */
export const isFirstOfWeek = ([current, ...earlier]: readonly Run[]): boolean =>
  current !== undefined && !earlier.some(run => run.result === 'posted' && weekOf(run) === weekOf(current))

/** No pictures before the second week: there is no trend yet. */
export const trendOf = (digest: string, runs: readonly Run[]): readonly Picture[] => {
  const weeks = weeksIn(runs)
  if (weeks.length < 2) return []
  const hasSavings = weeks.some(({ savings }) => savings[0] > 0)
  return [
    picture(digest, 'lines', {
      title: `Digest ${digest}: open and new lines`,
      series: ['Open at the end of the week', 'New or changed in the week'],
      rows: weeks.map(({ label, lines }) => ({ label, values: lines })),
    }),
    ...(hasSavings
      ? [
          picture(digest, 'savings', {
            title: `Digest ${digest}: savings that nobody has taken`,
            series: ['USD a month at the end of the week', 'USD a month, new in the week'],
            rows: weeks.map(({ label, savings }) => ({ label, values: savings })),
          }),
        ]
      : []),
  ]
}

const picture = (digest: string, what: string, data: Omit<RowsPicture, 'where' | 'note'>): Picture => ({
  name: `digest-${digest}-${what}.png`,
  title: data.title,
  alt: `${data.title}. ${data.rows.map(({ label, values: [open, told] }) => `${label}: ${countWords(open)}, ${countWords(told)}`).join('; ')}`,
  data: { ...data, where: `The last ${data.rows.length} weeks with a digest`, note: 'From the digests that were made' },
})
