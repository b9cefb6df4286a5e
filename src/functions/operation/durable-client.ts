// The client through which the durable SDK sends checkpoints. It works around two answers of Lambda that SDK 2.4.0
// misreads; delete it when the SDK reads both.
import {
  DurableExecutionApiClient,
  type DurableExecutionClient,
  DurableExecutionClientError,
  DurableExecutionClientErrorScope,
  type DurableExecutionHandler,
  InvocationStatus,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js'

/**
 * Lambda's answer to a stale token. The SDK expects a capital T in "Token", so it fails the whole execution
 * (aws-durable-execution-sdk-js issue 917).
 */
const STALE_TOKEN = /^invalid checkpoint token/i

/** Lambda's answer to a used token. `isKnown`: this file recognises it as the answer to a stale token. */
export type SpentToken = { readonly text: string; readonly isKnown: boolean }

type Client = DurableExecutionClient & {
  readonly isSuperseded: () => boolean
  /** Sends the token of the last checkpoint again. The canary uses this. */
  readonly sendSpentToken: () => Promise<SpentToken>
}

type Request = Parameters<DurableExecutionClient['checkpoint']>[0]

/** An error that ends this invocation only. Another invocation runs the execution already, or Lambda starts one. */
const endInvocation = (message: string, cause?: unknown): DurableExecutionClientError =>
  new DurableExecutionClientError(message, { scope: DurableExecutionClientErrorScope.INVOCATION, cause })

const isStale = (error: unknown): error is Error => error instanceof Error && STALE_TOKEN.test(error.message)

const createClient = (api: DurableExecutionClient): Client => {
  let isSuperseded = false
  let lastRequest: Request | undefined
  return {
    isSuperseded: () => isSuperseded,
    getExecutionState: (request, logger) => api.getExecutionState(request, logger),
    checkpoint: async (request, logger) => {
      if (isSuperseded) throw endInvocation('The service accepts no more checkpoints from this invocation')
      const answer = await api.checkpoint(request, logger).catch((error: unknown) => {
        throw isStale(error) ? endInvocation(error.message, error) : error
      })
      lastRequest = request
      // Only the checkpoint that ends the execution is answered without a token by design.
      const isLast = request.Updates?.some(({ Type }) => Type === 'EXECUTION') === true
      if (answer.CheckpointToken || isLast) return answer
      isSuperseded = true
      throw endInvocation('The answer to a checkpoint has no token: another invocation has the execution')
    },
    sendSpentToken: () => sendSpentToken(api, lastRequest),
  }
}

const sendSpentToken = async (api: DurableExecutionClient, spent: Request | undefined): Promise<SpentToken> => {
  if (spent === undefined) return { text: 'no checkpoint was written before', isKnown: false }
  try {
    await api.checkpoint({ DurableExecutionArn: spent.DurableExecutionArn, CheckpointToken: spent.CheckpointToken })
    return { text: 'accepted', isKnown: false }
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error)
    return { text, isKnown: isStale(error) }
  }
}

/** A durable handler with an additional argument that can send a used token. */
type DurableRun<Event, Result> = (
  event: Event,
  ctx: Parameters<DurableExecutionHandler<Event, Result>>[1],
  service: Pick<Client, 'sendSpentToken'>,
) => Promise<Result>

/**
 * Wraps a handler as the SDK's withDurableExecution does, but reads both answers as Lambda means them. A stale token
 * (issue 917) ends the invocation with an error, so that Lambda starts another invocation. A missing token (issue 918)
 * ends the invocation with PENDING and sends nothing more. `api`: the client that sends the requests, one for each
 * handler.
 */
export const durableHandler =
  <Event, Result>(
    run: DurableRun<Event, Result>,
    api: DurableExecutionClient = new DurableExecutionApiClient(),
  ): ReturnType<typeof withDurableExecution<Event, Result>> =>
  async (event, context) => {
    const client = createClient(api)
    const handler = withDurableExecution<Event, Result>((job, ctx) => run(job, ctx, client), {
      durableExecutionClient: client,
    })
    try {
      return await handler(event, context)
    } catch (error) {
      if (client.isSuperseded()) return { Status: InvocationStatus.PENDING }
      throw error
    }
  }
