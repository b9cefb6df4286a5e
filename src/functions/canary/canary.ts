// The canary: executions of the live operation function that test undocumented behaviour of Lambda's durable
// executions. They change only their own store items.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { CanaryJob } from '../../model/ports/job.ts'
import type { SpentToken } from '../operation/durable-client.ts'
import { atMostOnce, pollUntil, step } from '../operation/steps.ts'
import { type CanaryStore, keepFindings, note, noted } from './records.ts'

export type CanaryPorts = CanaryStore & {
  /** Waits for a number of milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>
  /** Ends the function's process, as a crash would. */
  readonly die: () => void
  /** Sends a checkpoint with a used token. */
  readonly sendSpentToken: () => Promise<SpentToken>
}

/**
 * What the canary found. `staleToken`: Lambda's answer to a used token. `runsOfStep`: how often a step ran while a
 * callback was completed; more than once if invocations overlap. `interruptedAfterMs`: time from a crash in an
 * at-most-once step until the next invocation read the interruption; null if the step ran again. `large`: whether a
 * step result of 300,000 bytes was accepted. `failureHeardMs`: time from an execution's failure until each notice
 * arrived; null if none came within five minutes.
 */
export type CanaryFindings = {
  readonly staleToken: SpentToken
  readonly runsOfStep: number
  readonly interruptedAfterMs: number | null
  readonly large: 'accepted' | 'refused'
  readonly failureHeardMs: { readonly event: number | null; readonly queue: number | null }
}

/** The size of a step result over the limit of 262,144 bytes. */
const LARGE_BYTES = 300_000
/** The duration of the step `busy`: long enough for scripts/canary.ts to find the callback and complete it. */
const BUSY_MS = 20_000

/** Runs one part of the canary. Returns the findings for part `main`, and `ended` for the others. */
export const runCanary = async (
  job: CanaryJob,
  ctx: DurableContext,
  ports: CanaryPorts,
): Promise<CanaryFindings | 'ended'> => {
  if (job.part === 'main') return runMain(job, ctx, ports)
  if (job.part === 'large') {
    await ctx.step('large', async () => 'x'.repeat(LARGE_BYTES), { retryStrategy: () => ({ shouldRetry: false }) })
    await step(ctx, 'accepted', () => note(job.run, 'large accepted', ports))
  }
  if (job.part === 'throws') {
    await step(ctx, 'about to fail', () => note(job.run, 'failed', ports))
    throw new Error('the canary fails on purpose')
  }
  return 'ended'
}

const runMain = async (job: CanaryJob, ctx: DurableContext, ports: CanaryPorts): Promise<CanaryFindings> => {
  await step(ctx, 'begin', () => note(job.run, 'begun', ports))
  const staleToken = await step(ctx, 'spent token', ports.sendSpentToken)
  const runsOfStep = await countOverlappingRuns(job, ctx, ports)
  const interruptedAfterMs = await dieOnce(job, ctx, ports)
  const heard = await pollUntil<Notices>(
    ctx,
    'heard of the failure',
    { checks: 0, event: null, queue: null, large: 'refused' },
    last => readNotices(job, last, ports),
    ({ checks, event, queue }) => checks >= MAX_CHECKS || (event !== null && queue !== null),
  )
  const { event, queue, large } = heard
  const findings = { staleToken, runsOfStep, interruptedAfterMs, large, failureHeardMs: { event, queue } }
  await step(ctx, 'keep the findings', () => keepFindings(job.run, findings, ports))
  return findings
}

/** Counts how often the step `busy` runs. scripts/canary.ts completes the callback as soon as the step has begun. */
const countOverlappingRuns = async ({ run }: CanaryJob, ctx: DurableContext, ports: CanaryPorts): Promise<number> => {
  const [woken] = await ctx.createCallback('wake me', { timeout: { minutes: 5 } })
  await step(ctx, 'busy', async () => {
    for (let nth = 1; nth <= MAX_RUNS && !(await note(run, `busy ${nth}`, ports)); nth += 1);
    await ports.sleep(BUSY_MS)
    return null
  })
  await woken.catch(() => 'in time')
  return step(ctx, 'count the runs', async () => {
    const runs = await Promise.all(Array.from({ length: MAX_RUNS }, (_, at) => noted(run, `busy ${at + 1}`, ports)))
    return runs.filter(at => at !== undefined).length
  })
}

const MAX_RUNS = 5

const dieOnce = async ({ run }: CanaryJob, ctx: DurableContext, ports: CanaryPorts): Promise<number | null> => {
  const sent = await atMostOnce(ctx, 'die', async () => {
    if (await note(run, 'died', ports)) ports.die()
    return 'ran again'
  })
  if (sent.kind === 'done') return null
  return step(ctx, 'interrupted', async () => msBetween(await noted(run, 'died', ports), ports.now()))
}

/** The maximum number of checks for the notices. With one check every half minute, they take about five minutes. */
const MAX_CHECKS = 12

type Notices = {
  readonly checks: number
  readonly event: number | null
  readonly queue: number | null
  readonly large: 'accepted' | 'refused'
}

const readNotices = async ({ run }: CanaryJob, { checks }: Notices, ports: CanaryPorts): Promise<Notices> => {
  const failed = await noted(run, 'failed', ports)
  const [event, queue, large] = await Promise.all([
    noted(`${run}-throws`, 'heard by event', ports),
    noted(`${run}-throws`, 'heard by queue', ports),
    noted(run, 'large accepted', ports),
  ])
  return {
    checks: checks + 1,
    event: msBetween(failed, event),
    queue: msBetween(failed, queue),
    large: large === undefined ? 'refused' : 'accepted',
  }
}

const msBetween = (from: string | undefined, to: string | undefined): number | null =>
  from === undefined || to === undefined ? null : Date.parse(to) - Date.parse(from)
