// Runs one command in several tasks, a few at a time (a wave). Stops after a wave with a failure, unless the plan
// continues after failures.

import { hasRoomForResults } from '../../../engine/cards/render-card.ts'
import { fileOfResults } from '../../../engine/cards/render-results.ts'
import type { Outcome, TaskResult } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { WAVE } from '../../../features/exec/request.ts'
import type { Offer } from '../../../model/errors.ts'
import { showProgress } from '../show-progress.ts'
import { step } from '../steps.ts'
import type { Story } from '../story.ts'
import { resultOf, resultWithout, shortTask } from './result.ts'
import { runInTask } from './run-in-task.ts'
import { checkForStop } from './stop.ts'
import { createThrottle, type Throttle } from './throttle.ts'

type Ended = { readonly call: ExecCall; readonly outcome: Outcome }

/** Runs all waves. `since`: when the first command began, ISO 8601. */
export const runInWaves = async (
  calls: readonly ExecCall[],
  name: string,
  since: string,
  story: Story,
): Promise<Outcome> => {
  const [only, second] = calls
  if (only !== undefined && second === undefined) return runInTask(only, name, story)
  const rows = calls.map(call => resultWithout(call, 'waiting'))
  const ended: Ended[] = []
  let stopReason: string | undefined
  for (let at = 0; at < calls.length; at += WAVE) {
    stopReason = at === 0 ? undefined : await reasonToStop(ended, `${name}: before ${at + 1}`, story)
    if (stopReason !== undefined) break
    const throttle = createThrottle(() =>
      showProgress(story, progressOf(rows, since)).catch(error => logError('showing results', story.job.id, error)),
    )
    ended.push(...(await wave({ calls, at, rows, throttle }, `${name} ${at + 1}`, story)))
    await throttle.end()
  }
  return moveResultsToFile(combine(calls, ended, stopReason), name, since, story)
}

/** The reason why no further wave may begin: a failure, Stop or a halt. */
const reasonToStop = async (ended: readonly Ended[], name: string, story: Story): Promise<string | undefined> => {
  const { ctx, face } = story
  if (ended.some(isFailed) && face.plan.keepsGoing !== true) return 'another task failed'
  // The wait suspends the execution, so that each wave starts in an invocation with its full time.
  await ctx.wait(name, { seconds: 1 })
  const reason = await checkForStop(name, story)
  return reason && asClause(reason)
}

const asClause = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`

type Wave = {
  readonly calls: readonly ExecCall[]
  /** The index of the wave's first call. */
  readonly at: number
  /** The results of all waves. They are updated while the waves run. */
  readonly rows: TaskResult[]
  readonly throttle: Throttle
}

const wave = async ({ calls, at, rows, throttle }: Wave, name: string, story: Story): Promise<readonly Ended[]> => {
  const waveCalls = calls.slice(at, at + WAVE)
  const setRow = (nth: number, row: TaskResult): void => {
    rows[at + nth] = row
    throttle.changed()
  }
  const results = await story.ctx.parallel<Outcome>(
    name,
    waveCalls.map((call, nth) => ({
      name: shortTask(call),
      func: async ctx => {
        setRow(nth, resultWithout(call, 'running'))
        const outcome = await runInTask(call, 'run', { ...story, ctx })
        setRow(nth, resultOf(call, outcome))
        return outcome
      },
    })),
  )
  return waveCalls.map((call, nth) => {
    const outcome = results.all[nth]?.result ?? LOST_OUTCOME
    rows[at + nth] = resultOf(call, outcome)
    return { call, outcome }
  })
}

const LOST_OUTCOME: Outcome = { status: 'unknown', text: 'Its outcome is unknown.' }

/** All that did not end well was stopped by a person. */
const isAllStopped = (ended: readonly Ended[]): boolean =>
  ended.some(({ outcome }) => outcome.isStopped) && ended.filter(isFailed).every(({ outcome }) => outcome.isStopped)

const isFailed = ({ outcome }: Ended): boolean => outcome.status !== 'done'

const progressOf = (rows: readonly TaskResult[], since: string) => {
  const remaining = rows.filter(({ status }) => status === 'waiting' || status === 'running').length
  const finished = rows.length - remaining
  return { text: `${finished}/${rows.length} ended`, share: finished / rows.length, since, results: [...rows] }
}

/** Combines the outcomes of all tasks. One failed or unknown outcome decides the whole outcome. */
const combine = (calls: readonly ExecCall[], ended: readonly Ended[], stopReason = ''): Outcome => {
  const failed = ended.filter(isFailed)
  const remaining = calls.slice(ended.length)
  return {
    status: failed.some(({ outcome }) => outcome.status === 'unknown')
      ? 'unknown'
      : failed.length > 0 || remaining.length > 0
        ? 'failed'
        : 'done',
    text: summaryOf(calls, ended),
    offers: offersOf(ended),
    ...(remaining.length > 0 && {
      details: [`Not started (${stopReason}): ${remaining.map(shortTask).join(', ')}`],
    }),
    ...(isAllStopped(ended) && { isStopped: true }),
    results: [
      ...ended.map(({ call, outcome }) => resultOf(call, outcome)),
      ...remaining.map(call => resultWithout(call, 'not begun')),
    ],
    sessions: ended.flatMap(({ outcome }) => outcome.sessions ?? []),
  }
}

/** The offers of all tasks, without duplicates. */
const offersOf = (ended: readonly Ended[]): readonly Offer[] => [
  ...new Map(ended.flatMap(({ outcome }) => outcome.offers ?? []).map(one => [one.invocation, one])).values(),
]

/** A summary of the results that fits into a notification, which does not show the table of results. */
const summaryOf = (calls: readonly ExecCall[], ended: readonly Ended[]): string => {
  const succeeded = ended.filter(one => !isFailed(one))
  const withoutStatus = succeeded.filter(({ outcome }) => outcome.ran?.status === undefined).length
  const failed = ended
    .filter(isFailed)
    .map(({ call, outcome }) => `${shortTask(call)} (${resultOf(call, outcome).status})`)
  return [
    `${succeeded.length} of ${calls.length} ended${withoutStatus === 0 ? ' with status 0' : ''}.`,
    ...(withoutStatus === 0 ? [] : ['The image has no shell, so exit statuses are unknown.']),
    ...(failed.length === 0
      ? []
      : [`Failed or unknown: ${failed.slice(0, MAX_NAMED).join(', ')}${moreThan(failed.length)}.`]),
  ].join(' ')
}

const MAX_NAMED = 5
const moreThan = (count: number): string => (count > MAX_NAMED ? ` and ${count - MAX_NAMED} more` : '')

/** Uploads the results as a file to the thread, if the card has no room for them. */
const moveResultsToFile = async (outcome: Outcome, name: string, at: string, story: Story): Promise<Outcome> => {
  const { results = [], ...rest } = outcome
  const { face, approval, ports, job } = story
  if (hasRoomForResults({ ...face, stage: { kind: 'ended', outcome, at } })) return outcome
  const isSent = await step(story.ctx, `${name}: results as a file`, async () => {
    const { channel, ts } = approval.posted
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
