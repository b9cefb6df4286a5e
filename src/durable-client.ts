// The client through which the durable SDK writes checkpoints. SDK 2.4.0 misreads two answers of the service: a stale token
// (aws-durable-execution-sdk-js issue 917) and an answer without a token (issue 918). Delete this file once it reads both.
import {
  DurableExecutionApiClient,
  type DurableExecutionClient,
  DurableExecutionClientError,
  DurableExecutionClientErrorScope,
  type DurableExecutionHandler,
  InvocationStatus,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js'

/** Source: issue 917; the SDK compares with a capital T, and fails the whole execution. */
const STALE_TOKEN = /^invalid checkpoint token/i

type Client = DurableExecutionClient & { readonly isSuperseded: () => boolean }

/** Ends this invocation alone: a newer one has the execution, or the service starts one. */
const endInvocation = (message: string, cause?: unknown): DurableExecutionClientError =>
  new DurableExecutionClientError(message, { scope: DurableExecutionClientErrorScope.INVOCATION, cause })

const createClient = (api: DurableExecutionClient): Client => {
  let isSuperseded = false
  return {
    isSuperseded: () => isSuperseded,
    getExecutionState: (request, logger) => api.getExecutionState(request, logger),
    checkpoint: async (request, logger) => {
      if (isSuperseded) throw endInvocation('The service takes no more checkpoints from this invocation')
      const answer = await api.checkpoint(request, logger).catch((error: unknown) => {
        throw error instanceof Error && STALE_TOKEN.test(error.message) ? endInvocation(error.message, error) : error
      })
      // The checkpoint that ends the execution is the only one that is answered without a token in the ordinary course.
      const isLast = request.Updates?.some(({ Type }) => Type === 'EXECUTION') === true
      if (answer.CheckpointToken || isLast) return answer
      isSuperseded = true
      throw endInvocation('The answer to a checkpoint has no token: another invocation has the execution')
    },
  }
}

/**
 * As the SDK's withDurableExecution, with both answers read as the service means them: a stale token ends the invocation
 * with an error, so that the service starts another; a missing token ends it with PENDING and sends nothing more.
 * `api`: the client that sends the requests; one for each handler.
 */
export const asDurable =
  <Event, Result>(
    run: DurableExecutionHandler<Event, Result>,
    api: DurableExecutionClient = new DurableExecutionApiClient(),
  ): ReturnType<typeof withDurableExecution<Event, Result>> =>
  async (event, context) => {
    const client = createClient(api)
    try {
      return await withDurableExecution(run, { durableExecutionClient: client })(event, context)
    } catch (error) {
      if (client.isSuperseded()) return { Status: InvocationStatus.PENDING }
      throw error
    }
  }
