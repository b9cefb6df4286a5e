// Notifies the hub that a durable execution has ended, by an event on the default event bus and by a message in the dead-letter
// queue. Sources: Lambda developer guide, "Monitoring durable functions"; "Using Lambda with Amazon SQS" (format of the event).
import { randomUUID } from 'node:crypto'
import { endedExecutions } from '../../infra/event-rules.ts'
import { matchesPattern } from '../aws/services/event-bridge.ts'
import type { Clock } from '../world/clock.ts'
import type { FunctionSpec, Functions } from './functions.ts'

export type Ending = {
  readonly arn: string
  readonly name: string
  readonly payload: string
  readonly function: FunctionSpec
  readonly status: string
  readonly startedAt: number
}

/** Settings for tests. Each turns off one of the two notifications. */
export type EndingKnobs = { losesEvents: boolean; losesDeadLetters: boolean }

/** The delay of the event in milliseconds: "Typical latency is about half a second" (EventBridge FAQ). */
const EVENT_MS = 500
/** The delay of the message in milliseconds. It is short, because the event source mapping polls continuously (an inference). */
const MESSAGE_MS = 1_000
/** The visibility timeout of the queue in milliseconds, as in infra/functions.ts. */
const VISIBLE_AGAIN_MS = 6 * 60_000
const RETENTION_MS = 14 * 86_400_000
/** The statuses that cause a message in the dead-letter queue: failures, but not a stop by a person (an inference). */
const FAILURES = ['FAILED', 'TIMED_OUT']

export const createEndings = (
  clock: Clock,
  functions: Functions,
  /** Returns the currently deployed version of the function that reports the end. */
  reporter: () => FunctionSpec,
): EndingKnobs & { readonly notify: (ending: Ending) => void } => {
  const read = async (message: object, until: number): Promise<void> => {
    const finished = await functions.run(reporter(), { Records: [message] })
    if ('error' in finished && clock.now() < until) clock.after(VISIBLE_AGAIN_MS, () => void read(message, until))
  }
  const knobs = {
    losesEvents: false,
    losesDeadLetters: false,
    notify: (ending: Ending) => {
      const event = statusChange(ending, clock.now())
      if (!knobs.losesEvents && matchesPattern(event, endedExecutions(ending.function.arn)))
        clock.after(EVENT_MS, () => functions.invokeAsync(reporter(), event))
      if (!knobs.losesDeadLetters && FAILURES.includes(ending.status))
        clock.after(MESSAGE_MS, () => void read(deadLetter(ending), clock.now() + RETENTION_MS))
    },
  }
  return knobs
}

const accountAndRegion = (arn: string) => {
  const [, , , region = '', account = ''] = arn.split(':')
  return { account, region }
}

const statusChange = ({ arn, name, status, startedAt }: Ending, now: number) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Durable Execution Status Change',
  source: 'aws.lambda',
  ...accountAndRegion(arn),
  time: `${new Date(now).toISOString().slice(0, 19)}Z`,
  resources: [],
  detail: {
    durableExecutionArn: arn,
    durableExecutionName: name,
    // The ARN of the function version that the execution used.
    functionArn: arn.replace(/\/durable-execution\/.*$/, ''),
    status,
    startTimestamp: new Date(startedAt).toISOString(),
    endTimestamp: new Date(now).toISOString(),
  },
})

/** The message that the event source mapping delivers. Its body is the event of the failed execution. */
const deadLetter = ({ arn, payload, function: { name } }: Ending) => {
  const { account, region } = accountAndRegion(arn)
  const attribute = (stringValue: string) => ({
    stringValue,
    dataType: 'String',
    binaryListValues: [],
    stringListValues: [],
  })
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body: payload,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {
      RequestID: attribute(randomUUID()),
      ErrorCode: { ...attribute('200'), dataType: 'Number' },
      ErrorMessage: attribute('the durable execution failed'),
    },
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:${name}-failed`,
    awsRegion: region,
  }
}
