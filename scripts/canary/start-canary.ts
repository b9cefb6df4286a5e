// Starts the canary's executions, completes the main one's callback, waits for its findings and evaluates them.
import { randomUUID } from 'node:crypto'
import type { CanaryFindings } from '../../src/functions/canary/canary.ts'
import type { CanaryJob } from '../../src/model/ports/job.ts'
import type { Execution, Lambda } from './lambda.ts'
import type { Row } from './table.ts'

export type CanaryRun = {
  readonly lambda: Lambda
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>
  readonly log: (text: string) => void
}

const POLL_MS = 2_000
/** The main execution takes half a minute, and waits up to five minutes for the reports of a failure. */
const TIMEOUT_MS = 15 * 60_000

export const startCanary = async ({ lambda, now, sleep, log }: CanaryRun): Promise<readonly Row[]> => {
  const run = `canary-${randomUUID()}`
  const job = (part: CanaryJob['part'], id = part === 'main' ? run : `${run}-${part}`): CanaryJob => ({
    kind: 'canary',
    id,
    run,
    part,
  })
  const arnOf = async (part: CanaryJob['part']): Promise<string> => {
    const started = await lambda.start(job(part).id, job(part))
    if ('code' in started)
      throw new Error(`the canary's execution ${job(part).id} could not be started: ${started.code}`)
    return started.arn
  }
  const until = async <T>(what: string, read: () => Promise<T | undefined>): Promise<T> => {
    const end = now() + TIMEOUT_MS
    for (;;) {
      const found = await read()
      if (found !== undefined) return found
      if (now() >= end) throw new Error(`timeout after 15 minutes: ${what}`)
      await sleep(POLL_MS)
    }
  }
  const ended = (arn: string) => async (): Promise<Execution | undefined> => {
    const execution = await lambda.execution(arn)
    return execution.status === 'RUNNING' ? undefined : execution
  }

  log(`Canary ${run}: takes one to six minutes.`)
  const names = await startTwice(lambda, job('same'))
  await arnOf('throws')
  const large = await arnOf('large')
  const main = await arnOf('main')
  const callbackId = await until('its callback', () => lambda.callbackWhileBusy(main, 'wake me', 'busy'))
  await lambda.complete(callbackId)
  log('Completed its callback during a step; waiting for its findings.')
  const { status, result = '', error = '' } = await until('its findings', ended(main))
  if (status !== 'SUCCEEDED') throw new Error(`the canary’s main execution ended ${status}: ${error}`)
  const ofLarge = await until('the large result', ended(large))
  return evaluate(JSON.parse(result) as CanaryFindings, ofLarge, names)
}

type Names = { readonly isSameArn: boolean; readonly otherPayload: string }

const startTwice = async (lambda: Lambda, job: CanaryJob): Promise<Names> => {
  const first = await lambda.start(job.id, job)
  const second = await lambda.start(job.id, job)
  const changed = await lambda.start(job.id, { ...job, run: `${job.run}-other` })
  return {
    isSameArn: 'arn' in first && 'arn' in second && first.arn === second.arn,
    otherPayload: 'code' in changed ? changed.code : 'accepted',
  }
}

const evaluate = (found: CanaryFindings, large: Execution, names: Names): readonly Row[] => {
  const { staleToken, runsOfStep, interruptedAfterMs, failureHeardMs } = found
  return [
    row('A spent checkpoint token', 'recognised', staleToken.isKnown, staleToken.text),
    // Quarterdeck handles both; reported for information.
    row('Invocations overlap', 'known', true, runsOfStep > 1 ? `yes: the step ran ${runsOfStep} times` : 'no'),
    row('A crash in an at-most-once step', 'interrupted', interruptedAfterMs !== null, after(interruptedAfterMs)),
    row(
      'A step result of 300,000 bytes',
      'known',
      true,
      `${found.large}; the execution ended ${large.status} ${large.error ?? ''}`,
    ),
    row('A failure, by EventBridge', 'reported', failureHeardMs.event !== null, after(failureHeardMs.event)),
    row('A failure, by the dead-letter queue', 'reported', failureHeardMs.queue !== null, after(failureHeardMs.queue)),
    row(
      'The same name and payload again',
      'the same execution',
      names.isSameArn,
      names.isSameArn ? 'the same' : 'another',
    ),
    row('The same name, another payload', 'refused', names.otherPayload !== 'accepted', names.otherPayload),
  ]
}

const row = (check: string, expected: string, isExpected: boolean, found: string): Row => ({
  check,
  expected,
  found: found.trim(),
  isExpected,
})

const after = (ms: number | null): string => (ms === null ? 'never' : `after ${(ms / 1_000).toFixed(1)} s`)
