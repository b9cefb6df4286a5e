// Runs a change set: starts an execution for each service, one first, then more at a time, and counts how they end.

import { boundedText } from '../../../engine/change/bounded.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Member } from '../../../engine/change/plan.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { OperationJob } from '../../../model/ports/job.ts'
import { readStop, uncheckedText } from '../exec/stop.ts'
import { showProgress } from '../show-progress.ts'
import { pollUntil, step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'
import { isFailed, type MemberResult, resultsOf } from './records.ts'
import { brakeOn, inOrderOfEnd, outcomeOf, shortened } from './set-outcome.ts'

/** How many run at once, after so many are done: 1, 3, 9, at most 20. What fails keeps the others from their start. */
const atOnce = (done: number): number => Math.min(20, 1 + 2 * done)
/** UpdateService: AWS refills 5 a second for an account and region; others call it, too. */
const A_SECOND = 3
/** After that time nothing begins: the approval is old, and an execution has 3,000 durable operations. */
const MOST_MS = 86_400_000
/** What has not ended for so long while no other ended is not waited for. */
const MOST_QUIET_MS = 3 * 3_600_000

type SetRun = {
  readonly story: Story
  readonly members: readonly Member[]
  /** When the set began, ISO 8601. */
  readonly since: string
}

/** `started`: the services from the first on. `lost`: how many of them reported no end. `polls`: of all waits together. */
type State = { readonly started: number; readonly lost: number; readonly polls: number; readonly why?: string }

export const runSet = async (story: Story, since: string): Promise<Outcome> => {
  const run: SetRun = { story, since, members: story.face.plan.members ?? [] }
  const begun = await startAll(run)
  const { started, why } = await awaitEnds(run, begun, begun.started)
  const ended = await step(story.ctx, 'results', async () => shortened(await readResults(run))).catch(() => [])
  const known = new Set(ended.map(({ number }) => number))
  const unreported = Array.from({ length: started }, (_, number) => number)
    .filter(number => !known.has(number))
    .map((number): MemberResult => ({ number, status: 'unknown', text: 'It reported no end.', at: '' }))
  const all = [...ended, ...unreported].toSorted((a, b) => a.number - b.number)
  return outcomeOf(run.members, all, why)
}

const readResults = async ({ story }: SetRun): Promise<readonly MemberResult[]> => {
  const found = await story.ports.store.list<MemberResult>(resultsOf(story.job.id))
  return inOrderOfEnd(found.map(({ value }) => value))
}

/** Starts the services, at most A_SECOND a second. Before each start, all that has ended is read, and Stop and halts. */
const startAll = async (run: SetRun): Promise<State> => {
  const { story, members } = run
  let state: State = { started: 0, lost: 0, polls: 0 }
  while (state.started < members.length) {
    const { started, lost } = state
    const { ended, done, why } = await look(run, state)
    if (why !== null) return { ...state, why }
    const most = atOnce(done)
    const free = most - Math.max(0, started - ended - lost)
    const room = Math.min(A_SECOND, members.length - started, free)
    if (room > 0) {
      state = await startSome(run, room, state)
      if (state.why !== undefined) return state
      if (free > room) await story.ctx.wait(`pause ${started}`, { seconds: 1 })
    } else state = await awaitEnds(run, state, started - Math.max(0, most - A_SECOND))
  }
  return state
}

type Look = { readonly ended: number; readonly done: number; readonly why: string | null }

const look = (run: SetRun, { started, lost, polls }: State): Promise<Look> =>
  step(run.story.ctx, `look ${started}, ${polls}`, async () => {
    if (started === 0) await showEnded(run, 0)
    const ended = await readResults(run)
    const done = ended.filter(one => !isFailed(one)).length
    const first = ended.find(({ number }) => number === 0)
    const isFirstDown = first === undefined ? lost > 0 : isFailed(first)
    const why = isFirstDown ? 'The first service failed.' : brakeOn(ended, lost)
    return { ended: ended.length, done, why: why ?? tooOld(run) ?? (await readStop(run.story)) ?? null }
  }).catch(error => ({ ended: 0, done: 0, why: boundedText(uncheckedText(error)) }))

const tooOld = ({ story, since }: SetRun): string | undefined =>
  Date.parse(story.ports.now()) - Date.parse(since) >= MOST_MS ? 'It began a day ago.' : undefined

/** The name of a durable execution has at most 64 characters of `[a-zA-Z0-9-_]`. */
const memberJob = ({ job }: Story, member: Member, number: number): OperationJob => ({
  kind: 'operation',
  id: `${job.id.slice(0, 58)}-${number}`,
  line: member.line,
  actor: job.actor,
  place: job.place,
  set: { operation: job.id, number },
})

const startSome = async ({ story, members }: SetRun, count: number, state: State): Promise<State> => {
  const { started } = state
  const some = members.slice(started, started + count)
  const error = await step(story.ctx, `start ${started}`, async () => {
    await Promise.all(some.map((member, nth) => startMember(story, member, started + nth)))
    return null
  }).catch(errorText)
  const after: State = { ...state, started: started + some.length }
  // Some of them may have started: their results are awaited.
  return error === null ? after : { ...after, why: `A service could not be started: ${boundedText(error)}.` }
}

const startMember = async (story: Story, member: Member, number: number): Promise<void> => {
  try {
    await story.ports.startOperation(memberJob(story, member, number))
  } catch (error) {
    if (!(error instanceof RemoteError && error.code === 'DurableExecutionAlreadyStartedException')) throw error
  }
}

/** The card offers Stop from then on. */
const showEnded = ({ story, members: { length: count }, since }: SetRun, ended: number): Promise<void> =>
  showProgress(story, { text: `${ended}/${count} services ended`, share: ended / count, since })

/** `at`: when the last one ended, or the wait began; ISO 8601. `isBraked`: nothing may begin any more. */
type Waiting = {
  readonly ended: number
  readonly polls: number
  readonly at: string
  readonly isQuiet?: boolean
  readonly isBraked?: boolean
}

/**
 * Waits until so many have ended; if others shall begin, at most until they may not. Shows the progress on the card. Those
 * of which none ends any more are lost.
 */
const awaitEnds = async (run: SetRun, state: State, wanted: number): Promise<State> => {
  const { story } = run
  const { started, lost, polls: before } = state
  const poll = async ({ ended: shown, polls, at }: Waiting): Promise<Waiting> => {
    const results = await readResults(run)
    const ended = results.length
    const now = story.ports.now()
    const isNews = polls === 0 || ended > shown
    if (isNews) await showEnded(run, ended)
    return {
      ended,
      polls: polls + 1,
      at: isNews ? now : at,
      isQuiet: !isNews && Date.parse(now) - Date.parse(at) >= MOST_QUIET_MS,
      isBraked: wanted < started && brakeOn(results, lost) !== undefined,
    }
  }
  const isEnough = ({ ended }: Waiting) => ended + lost >= wanted
  const isOver = (now: Waiting) => isEnough(now) || now.isQuiet === true || now.isBraked === true
  const none: Waiting = { ended: 0, polls: 0, at: '' }
  const name = `ends of ${started}, ${before}`
  const last = await pollUntil(story.ctx, name, none, poll, isOver, before).catch(() => none)
  const isLost = !isEnough(last) && last.isBraked !== true
  return { ...state, polls: before + last.polls + 1, ...(isLost && { lost: started - last.ended }) }
}
