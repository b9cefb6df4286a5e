// The engine with a function in this process: the real SDK through the product's client, or a test's own invocations.
import type { DurableContext, DurableExecutionClient } from '@aws/durable-execution-sdk-js'
import type { InvocationResult } from '../../../sandbox/lambda/container.ts'
import type { Checkpoint } from '../../../sandbox/lambda/durable/checkpoints.ts'
import { Durable } from '../../../sandbox/lambda/durable/engine.ts'
import type { Update } from '../../../sandbox/lambda/durable/execution.ts'
import type { FunctionSpec } from '../../../sandbox/lambda/functions.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { durableHandler } from '../../../src/functions/operation/durable-client.ts'
import { refusalOfAws } from './aws-validator.ts'

export const START = Date.parse('2026-11-22T03:00:00Z')

export const SPEC: FunctionSpec = {
  name: 'operation',
  file: '',
  env: () => ({}),
  timeoutMs: 60_000,
  arn: 'arn:aws:lambda:us-east-1:111122223333:function:operation',
  durable: true,
}

export type Event = {
  readonly DurableExecutionArn: string
  readonly CheckpointToken: string
  readonly InitialExecutionState: { readonly Operations: readonly Wire[]; readonly NextMarker: string }
}
/** An operation, or anything else, as JSON has it. */
export type Wire = Readonly<Record<string, unknown>> & { readonly Id: string; readonly Status: string }

type Run = (event: Event) => Promise<InvocationResult>

const engineOn = (run: Run) => {
  const clock = new Clock({ start: START, speed: 0 })
  const durable = new Durable(clock, { run: (_, event) => run(JSON.parse(JSON.stringify(event)) as Event) })
  durable.hooks.onAccepted = (updates, known) => {
    const refusal = refusalOfAws(updates, known)
    if (refusal !== undefined) throw new Error(`AWS refuses what the sandbox accepts: ${refusal}`)
  }
  return { clock, durable }
}

/** An invocation that a test answers itself. */
export type Held = { readonly event: Event; readonly answer: (finished: InvocationResult) => Promise<void> }

export const said = (conclusion: object): InvocationResult => ({ result: JSON.stringify(conclusion) })
export const PENDING = said({ Status: 'PENDING' })
export const DIED: InvocationResult = { error: { errorType: 'Runtime.ExitError', errorMessage: 'killed', trace: [] } }

/** Enough turns for what was answered to be acted on. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve))
}

/** Nobody runs: each invocation is held, and the test checkpoints with its token and answers it. */
export const aBareEngine = () => {
  const held: Held[] = []
  const { clock, durable } = engineOn(
    event =>
      new Promise(resolve => {
        held.push({
          event,
          answer: async finished => {
            resolve(finished)
            await settled()
          },
        })
      }),
  )
  const last = (): Held => {
    const found = held.at(-1)
    if (found === undefined) throw new Error('nothing was invoked')
    return found
  }
  const execution = durable.start('op', SPEC, '{"a":1}')
  /** With the token given, or with that of the last invocation; the answer's token serves next. */
  let token = ''
  let of: Held | undefined
  const checkpoint = (updates: readonly Update[], more: Partial<Checkpoint> = {}) => {
    if (of !== last()) token = last().event.CheckpointToken
    of = last()
    const answer = durable.checkpoint(execution.arn, { CheckpointToken: token, Updates: updates, ...more }) as {
      readonly CheckpointToken?: string
      readonly NewExecutionState: { readonly Operations: readonly Wire[] }
    }
    if (more.CheckpointToken === undefined) token = answer.CheckpointToken ?? ''
    return answer
  }
  return { clock, durable, execution, held, last, checkpoint }
}

export const step = (Id: string, Action: Update['Action'], more: Partial<Update> = {}): Update => ({
  Id,
  Type: 'STEP',
  Name: Id,
  Action,
  ...more,
})

/** The id of the first callback in the answer to a checkpoint. */
export const callbackIn = (answer: {
  readonly NewExecutionState: { readonly Operations: readonly Wire[] }
}): string => {
  const details = answer.NewExecutionState.Operations.find(operation => 'CallbackDetails' in operation)
  return (details?.['CallbackDetails'] as { readonly CallbackId?: string } | undefined)?.CallbackId ?? ''
}

export const errorOf = (run: () => unknown): unknown => {
  try {
    run()
    return undefined
  } catch (error) {
    const { name, message, status } = error as Error & { status: number }
    return { name, message, status }
  }
}

const asThrown = (error: unknown): unknown =>
  error instanceof Error && 'status' in error
    ? Object.assign(new Error(error.message), { name: error.name, $metadata: { httpStatusCode: error.status } })
    : error

const withDates = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, member: unknown) =>
    key.endsWith('Timestamp') && typeof member === 'number' ? new Date(member * 1000) : member,
  )

/** Around each checkpoint of the SDK, counted from 1: may throw before or after it is sent, or hold its answer back. */
export type Meddle = (nth: number, send: () => Promise<unknown>) => Promise<unknown>

/** As client-lambda throws an error of the service. */
export const refusedWith = (status: number, name: string): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })

export const clientOf = (
  durable: Durable,
  meddle: (send: () => Promise<unknown>) => Promise<unknown> = send => send(),
): DurableExecutionClient => ({
  getExecutionState: async ({ DurableExecutionArn = '', CheckpointToken = '', Marker = '', MaxItems = 0 }) => {
    try {
      const query = new URLSearchParams({ CheckpointToken, Marker, MaxItems: String(MaxItems) })
      return withDates(durable.state(DurableExecutionArn, query)) as never
    } catch (error) {
      throw asThrown(error)
    }
  },
  checkpoint: async ({ DurableExecutionArn = '', ...body }) => {
    const sent = JSON.parse(JSON.stringify(body)) as Checkpoint
    try {
      return (await meddle(async () => withDates(durable.checkpoint(DurableExecutionArn, sent)))) as never
    } catch (error) {
      throw asThrown(error)
    }
  },
})

export type Story = (ctx: DurableContext) => Promise<unknown>

/** The SDK runs the story, each invocation anew. */
export const anEngine = (story: Story, meddle: Meddle = (_, send) => send()) => {
  let running = 0
  let checkpoints = 0
  const { clock, durable } = engineOn(async event => {
    running += 1
    try {
      const handler = durableHandler((_: unknown, ctx: DurableContext) => story(ctx), client)
      const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 }
      return said((await handler(event as never, context as never)) as object)
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      return { error: { errorType: name, errorMessage: message, trace: [] } }
    } finally {
      running -= 1
    }
  })
  const client = clientOf(durable, send => {
    checkpoints += 1
    return meddle(checkpoints, send)
  })
  const quiet = async (): Promise<void> => {
    do await settled()
    while (running > 0)
  }
  return {
    clock,
    durable,
    quiet,
    start: async () => {
      const execution = durable.start('op', SPEC, '{"a":1}')
      await quiet()
      return execution
    },
    /** Leaps from one due moment to the next until the execution is over, or nothing is due in that time. */
    pass: async (ms: number) => {
      const end = clock.now() + ms
      for (let next = clock.next(); next !== undefined && next <= end; next = clock.next()) {
        clock.advanceTo(next)
        await quiet()
      }
      clock.advanceTo(end)
      await quiet()
    },
  }
}
