// Runs one command in many tasks, in waves; stops after a wave with a failure, unless the plan keeps going.

import type { Outcome, TaskResult } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import { hasRoomForResults } from '../../../engine/change/render-card.ts'
import { fileOfResults } from '../../../engine/change/render-results.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { WAVE } from '../../../features/exec/request.ts'
import type { Offer } from '../../../model/errors.ts'
import { tellProgress } from '../show-progress.ts'
import { step } from '../steps.ts'
import type { Story } from '../story.ts'
import { converse } from './converse.ts'
import { resultOf, resultWithout, shortTask } from './result.ts'
import { lookForStop } from './stop.ts'
import { createTeller, type Teller } from './throttle.ts'

type Ended = { readonly call: ExecCall; readonly outcome: Outcome }

/** `since`: ISO 8601, when the first command began. */
export const converseAll = async (
  calls: readonly ExecCall[],
  name: string,
  since: string,
  story: Story,
): Promise<Outcome> => {
  const [only, another] = calls
  if (only !== undefined && another === undefined) return converse(only, name, story)
  const rows = calls.map(call => resultWithout(call, 'waiting'))
  const ended: Ended[] = []
  let over: string | undefined
  for (let at = 0; at < calls.length; at += WAVE) {
    over = at === 0 ? undefined : await whyNoMore(ended, `${name}: before ${at + 1}`, story)
    if (over !== undefined) break
    const teller = createTeller(() =>
      tellProgress(story, progressOf(rows, since)).catch(error => logError('showing results', story.job.id, error)),
    )
    ended.push(...(await wave({ calls, at, rows, teller }, `${name} ${at + 1}`, story)))
    await teller.end()
  }
  return withRoom(together(calls, ended, over), name, since, story)
}

/** Why no further wave may begin: a failure, Stop or a halt. */
const whyNoMore = async (ended: readonly Ended[], name: string, story: Story): Promise<string | undefined> => {
  const { ctx, face } = story
  if (ended.some(isBad) && face.plan.keepsGoing !== true) return 'another task failed'
  // Suspends, so that each wave has an invocation with its full time.
  await ctx.wait(name, { seconds: 1 })
  const said = await lookForStop(name, story)
  return said && lowered(said)
}

const lowered = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`

type Wave = {
  readonly calls: readonly ExecCall[]
  /** Index of the wave's first call. */
  readonly at: number
  /** The results of all waves, updated while they run. */
  readonly rows: TaskResult[]
  readonly teller: Teller
}

const wave = async ({ calls, at, rows, teller }: Wave, name: string, story: Story): Promise<readonly Ended[]> => {
  const mine = calls.slice(at, at + WAVE)
  const put = (nth: number, row: TaskResult): void => {
    rows[at + nth] = row
    teller.changed()
  }
  const results = await story.ctx.parallel<Outcome>(
    name,
    mine.map((call, nth) => ({
      name: shortTask(call),
      func: async ctx => {
        put(nth, resultWithout(call, 'running'))
        const outcome = await converse(call, 'run', { ...story, ctx })
        put(nth, resultOf(call, outcome))
        return outcome
      },
    })),
  )
  return mine.map((call, nth) => {
    const outcome = results.all[nth]?.result ?? LOST
    rows[at + nth] = resultOf(call, outcome)
    return { call, outcome }
  })
}

const LOST: Outcome = { status: 'unknown', text: 'Its outcome is unknown.' }

const isBad = ({ outcome }: Ended): boolean => outcome.status !== 'done'

const progressOf = (rows: readonly TaskResult[], since: string) => {
  const left = rows.filter(({ status }) => status === 'waiting' || status === 'running').length
  const over = rows.length - left
  return { text: `${over}/${rows.length} ended`, share: over / rows.length, since, results: [...rows] }
}

/** One failed or unknown result decides the whole. */
const together = (calls: readonly ExecCall[], ended: readonly Ended[], over = ''): Outcome => {
  const bad = ended.filter(isBad)
  const left = calls.slice(ended.length)
  return {
    status: bad.some(({ outcome }) => outcome.status === 'unknown')
      ? 'unknown'
      : bad.length > 0 || left.length > 0
        ? 'failed'
        : 'done',
    text: sayTogether(calls, ended),
    offers: offersOf(ended),
    ...(left.length > 0 && {
      details: [`Not started (${over}): ${left.map(shortTask).join(', ')}`],
    }),
    results: [
      ...ended.map(({ call, outcome }) => resultOf(call, outcome)),
      ...left.map(call => resultWithout(call, 'not begun')),
    ],
    sessions: ended.flatMap(({ outcome }) => outcome.sessions ?? []),
  }
}

/** Equal offers of several tasks are shown once. */
const offersOf = (ended: readonly Ended[]): readonly Offer[] => [
  ...new Map(ended.flatMap(({ outcome }) => outcome.offers ?? []).map(one => [one.invocation, one])).values(),
]

/** Short enough for a notification, which does not show the table. */
const sayTogether = (calls: readonly ExecCall[], ended: readonly Ended[]): string => {
  const good = ended.filter(one => !isBad(one))
  const mute = good.filter(({ outcome }) => outcome.ran?.status === undefined).length
  const bad = ended.filter(isBad).map(({ call, outcome }) => `${shortTask(call)} (${resultOf(call, outcome).status})`)
  return [
    `${good.length} of ${calls.length} ended${mute === 0 ? ' with status 0' : ''}.`,
    ...(mute === 0 ? [] : ['The image has no shell, so exit statuses are unknown.']),
    ...(bad.length === 0 ? [] : [`Failed or unknown: ${bad.slice(0, MOST_NAMED).join(', ')}${moreThan(bad.length)}.`]),
  ].join(' ')
}

const MOST_NAMED = 5
const moreThan = (count: number): string => (count > MOST_NAMED ? ` and ${count - MOST_NAMED} more` : '')

/** Uploads the results as a file in the thread when the card has no room for them. */
const withRoom = async (outcome: Outcome, name: string, at: string, story: Story): Promise<Outcome> => {
  const { results = [], ...rest } = outcome
  const { face, consent, ports, job } = story
  if (hasRoomForResults({ ...face, stage: { kind: 'ended', outcome, at } })) return outcome
  const isSent = await step(story.ctx, `${name}: results as a file`, async () => {
    const { channel, ts } = consent.posted
    const file = fileOfResults(results, face.plan.target.service)
    await (await ports.slack()).upload({ channel, thread: ts }, file)
    return true
  }).catch(error => {
    logError('results', job.id, error)
    return false
  })
  const note = isSent
    ? 'The table of results is too large for a message. It is a file in this thread.'
    : 'The table of results is too large for a message, and Slack refused the file.'
  return { ...rest, details: [...(rest.details ?? []), note] }
}
