// Starts the canary's executions, wakes the main one while it is busy, waits for its findings and judges them.
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
  readonly say: (text: string) => void
}

const POLL_MS = 2_000
/** The main execution takes about half a minute, and waits up to five for the failure to be heard of. */
const MOST_MS = 15 * 60_000

export const startCanary = async ({ lambda, now, sleep, say }: CanaryRun): Promise<readonly Row[]> => {
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
    const end = now() + MOST_MS
    for (;;) {
      const found = await read()
      if (found !== undefined) return found
      if (now() >= end) throw new Error(`the canary waited a quarter of an hour for ${what}`)
      await sleep(POLL_MS)
    }
  }
  const ended = (arn: string) => async (): Promise<Execution | undefined> => {
    const execution = await lambda.execution(arn)
    return execution.status === 'RUNNING' ? undefined : execution
  }

  say(`Canary ${run}: about a minute, up to six.`)
  const names = await startTwice(lambda, job('same'))
  await arnOf('throws')
  const large = await arnOf('large')
  const main = await arnOf('main')
  const callbackId = await until('its callback', () => lambda.callbackWhileBusy(main, 'wake me', 'busy'))
  await lambda.complete(callbackId)
  say('Its callback was completed while a step ran; waiting for its findings.')
  const { status, result = '', error = '' } = await until('its findings', ended(main))
  if (status !== 'SUCCEEDED') throw new Error(`the canary itself ended ${status}: ${error}`)
  const ofLarge = await until('the large result', ended(large))
  return judge(JSON.parse(result) as CanaryFindings, ofLarge, names)
}

type Names = { readonly isSameArn: boolean; readonly otherPayload: string }

const startTwice = async (lambda: Lambda, job: CanaryJob): Promise<Names> => {
  const first = await lambda.start(job.id, job)
  const second = await lambda.start(job.id, job)
  const other = await lambda.start(job.id, { ...job, run: `${job.run}-other` })
  return {
    isSameArn: 'arn' in first && 'arn' in second && first.arn === second.arn,
    otherPayload: 'code' in other ? other.code : 'accepted',
  }
}

const judge = (found: CanaryFindings, large: Execution, names: Names): readonly Row[] => {
  const { staleToken, runsOfStep, interruptedAfterMs, failureHeardMs } = found
  return [
    row('A spent checkpoint token', 'recognised', staleToken.isKnown, staleToken.text),
    // Both are handled; what the service does is worth knowing.
    row('Invocations overlap', 'known', true, runsOfStep > 1 ? `yes: the step ran ${runsOfStep} times` : 'no'),
    row('A crash in an at-most-once step', 'interrupted', interruptedAfterMs !== null, after(interruptedAfterMs)),
    row(
      'A step result of 300,000 bytes',
      'known',
      true,
      `${found.large}; the execution ended ${large.status} ${large.error ?? ''}`,
    ),
    row('A failure, by EventBridge', 'heard', failureHeardMs.event !== null, after(failureHeardMs.event)),
    row('A failure, by the dead-letter queue', 'heard', failureHeardMs.queue !== null, after(failureHeardMs.queue)),
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
