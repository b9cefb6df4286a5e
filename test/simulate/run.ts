// Runs one simulation: a world, a schedule, quiet, and the judge.
import type { Knobs } from '../../sandbox/lambda/durable/knobs.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { slowTime } from '../../sandbox/slack/real-time.ts'
import { agentTiming } from '../../sandbox/ssm/agent.ts'
import { pass } from '../world/driving.ts'
import { createChance } from './chance.ts'
import type { Stage } from './click.ts'
import { drawSchedule } from './draw.ts'
import type { Severity } from './draw-trouble.ts'
import type { Evidence } from './evidence.ts'
import { endHaltsAndLocks, gather } from './gather.ts'
import { judge, type Violation } from './judge.ts'
import { perform } from './perform.ts'
import { printStep, type TimedStep } from './step.ts'
import { isWaiting } from './waiting.ts'
import { watch } from './watch.ts'

export type Run = {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly evidence: Evidence
  /** The events of the run, a line each. */
  readonly trace: readonly string[]
  /** Calls to AWS. */
  readonly calls: number
}

/** Exec agents use real time, so their pauses are short here. */
const QUICK = { ...agentTiming, floor: 20, readPause: 0, startFailure: 20, resend: 10 }

const START = Date.parse('2026-11-22T03:00:00Z')
const HOUR = 3_600_000
/** The longest wait: an expiry of eight hours, retries, a rollout, and the review a day after break glass. */
const LONGEST_MS = 60 * HOUR
/** Lambda retries an event for three minutes; reports may wait for Slack. */
const AFTERWARDS_MS = 600_000

/** Unknowns of AWS's durable executions: each seed has one combination, all seeds together have every one. */
const unknownsOf = (seed: number): Partial<Knobs> => ({
  supersedes: seed % 2 === 0 ? 'with an error' : 'without token',
  overlaps: seed % 3 === 0,
  answersFirst: ([undefined, 1, 2] as const)[seed % 5],
})

export const runSchedule = async (seed: number, schedule: readonly TimedStep[]): Promise<Run> => {
  const sandbox = await startSandbox({ start: START, seed, real: slowTime })
  const stage: Stage = { sandbox, seen: watch(sandbox) }
  const trace: string[] = []
  try {
    // The failures of the unhealthy service would fill days.
    for (const arn of Object.keys(sandbox.fleet.knobs.list().services)) sandbox.fleet.knobs.healService(arn)
    sandbox.aws.exec.timing = QUICK
    Object.assign(sandbox.durable.knobs, unknownsOf(seed))
    for (const { after, step } of schedule) {
      await pass(after, sandbox)
      trace.push(`${new Date(sandbox.clock.now()).toISOString().slice(5, 23)}  ${printStep(step)}`)
      await perform(step, stage)
    }
    await rest(stage)
    const evidence = await gather(sandbox, stage.seen)
    return { seed, violations: judge(evidence), evidence, trace, calls: stage.seen.calls }
  } finally {
    await sandbox.stop()
  }
}

/** Until every execution has ended or waits for a person; the judge handles those that never end. */
const rest = async ({ sandbox, seen }: Stage): Promise<void> => {
  const isOver = () =>
    [...sandbox.durable.executions.values()].every(
      ({ name, status }) => status !== 'RUNNING' || isWaiting({ id: name, status }, seen),
    )
  await sandbox.until(isOver, HOUR).catch(() => undefined)
  // A halt that never ends would keep leases forever.
  if (!isOver()) await endHaltsAndLocks(sandbox)
  await sandbox.until(isOver, LONGEST_MS).catch(() => undefined)
  await pass(AFTERWARDS_MS, sandbox)
}

export const run = (seed: number, severity?: Severity): Promise<Run> =>
  runSchedule(seed, drawSchedule(createChance(seed), severity))
