// Runs a change set: starts an execution for each service, one first, then more at a time, and counts how they end.

import { boundedText } from '../../../engine/change/bounded.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Member } from '../../../engine/change/plan.ts'
import { fullName } from '../../../kit/language/target.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { OperationJob } from '../../../model/ports/job.ts'
import { checkForStop } from '../exec/stop.ts'
import { showProgress } from '../show-progress.ts'
import { pollUntil, step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'
import { type MemberResult, resultsOf } from './records.ts'

/** The services of each wave; the last size repeats. */
const WAVES = [1, 9, 30, 80] as const
/** UpdateService: AWS refills 5 a second for an account and region; others call it, too. */
const A_SECOND = 3
/** After so many failures in a row no further service begins. */
const MOST_FAILURES = 3

type Wave = { readonly number: number; readonly from: number; readonly members: readonly Member[] }

const wavesOf = (members: readonly Member[]): readonly Wave[] => {
  const waves: Wave[] = []
  for (let from = 0; from < members.length; ) {
    const size = WAVES[Math.min(waves.length, WAVES.length - 1)] ?? 1
    waves.push({ number: waves.length + 1, from, members: members.slice(from, from + size) })
    from += size
  }
  return waves
}

export const runSet = async (story: Story, since: string): Promise<Outcome> => {
  const members = story.face.plan.members ?? []
  const ended: MemberResult[] = []
  let why: string | undefined
  for (const wave of wavesOf(members)) {
    why = await reasonToStop(story, wave, ended)
    if (why !== undefined) break
    const started = await startWave(story, wave)
    const members = wave.members.slice(0, started.count)
    ended.push(...(await awaitWave(story, { ...wave, members }, ended, since)))
    why = started.why
    if (why !== undefined) break
  }
  return outcomeOf(members, ended, why)
}

const isFailed = ({ status }: MemberResult): boolean => status !== 'done'

const reasonToStop = async (
  story: Story,
  { number }: Wave,
  ended: readonly MemberResult[],
): Promise<string | undefined> => {
  if (number === 2 && ended.some(isFailed)) return 'The first service failed.'
  if (ended.length >= MOST_FAILURES && ended.slice(-MOST_FAILURES).every(isFailed))
    return `${MOST_FAILURES} services failed in a row.`
  return number === 1 ? undefined : checkForStop(`wave ${number}`, story)
}

/** The name of a durable execution has at most 64 characters of `[a-zA-Z0-9-_]`. */
const memberJob = ({ job }: Story, member: Member, number: number): OperationJob => ({
  kind: 'operation',
  id: `${job.id.slice(0, 58)}-${number}`,
  line: member.line,
  actor: job.actor,
  place: job.place,
  set: { operation: job.id, number },
})

/** `count`: how many of the wave were started. `why`: the reason why the others were not. */
type Started = { readonly count: number; readonly why?: string }

/** Starts the executions, at most A_SECOND a second. Stop and halts act between them. */
const startWave = async (story: Story, { number, from, members }: Wave): Promise<Started> => {
  for (let at = 0; at < members.length; at += A_SECOND) {
    if (at > 0) {
      await story.ctx.wait(`wave ${number}: pause ${at}`, { seconds: 1 })
      const why = at % (A_SECOND * 5) === 0 ? await checkForStop(`wave ${number}, ${at}`, story) : undefined
      if (why !== undefined) return { count: at, why }
    }
    const some = members.slice(at, at + A_SECOND)
    const error = await step(story.ctx, `wave ${number}: start ${at}`, async () => {
      await Promise.all(some.map((member, nth) => startMember(story, member, from + at + nth)))
      return null
    }).catch(errorText)
    // Some of them may have started: their results are awaited.
    if (error !== null)
      return { count: at + some.length, why: `A service could not be started: ${boundedText(error)}.` }
  }
  return { count: members.length }
}

const startMember = async (story: Story, member: Member, number: number): Promise<void> => {
  try {
    await story.ports.startOperation(memberJob(story, member, number))
  } catch (error) {
    if (!(error instanceof RemoteError && error.code === 'DurableExecutionAlreadyStartedException')) throw error
  }
}

type Counted = { readonly results: readonly MemberResult[]; readonly polls: number }

/** Polls of a wave: about three hours. What has no result then is unknown. */
const MOST_POLLS = 120

const awaitWave = async (
  story: Story,
  { number, from, members }: Wave,
  before: readonly MemberResult[],
  since: string,
): Promise<readonly MemberResult[]> => {
  const total = story.face.plan.members?.length ?? 0
  const { results } = await pollUntil<Counted>(
    story.ctx,
    `wave ${number}`,
    { results: [], polls: 0 },
    async ({ polls, results: { length: shown } }) => {
      const found = await story.ports.store.list<MemberResult>(resultsOf(story.job.id))
      const results = found
        .map(({ value }) => value)
        .filter(result => result.number >= from && result.number < from + members.length)
        .map(result => ({ ...result, text: boundedText(result.text).slice(0, 300) }))
      const done = before.length + results.length
      if (polls === 0 || results.length > shown)
        await showProgress(story, { text: `${done}/${total} services ended`, share: done / total, since })
      return { results, polls: polls + 1 }
    },
    ({ results, polls }) => results.length >= members.length || polls >= MOST_POLLS,
  ).catch(() => ({ results: [] as readonly MemberResult[] }))
  const known = new Set(results.map(one => one.number))
  return [
    ...results,
    ...members.flatMap((_, nth): readonly MemberResult[] =>
      known.has(from + nth) ? [] : [{ number: from + nth, status: 'unknown', text: 'It reported no end.' }],
    ),
  ].toSorted((a, b) => a.number - b.number)
}

const MOST_NAMED = 20

const outcomeOf = (members: readonly Member[], ended: readonly MemberResult[], why: string | undefined): Outcome => {
  const failed = ended.filter(isFailed)
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
      ...(left.length === 0 ? [] : [`${left.length} not begun${why === undefined ? '' : `: ${why}`}`]),
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
