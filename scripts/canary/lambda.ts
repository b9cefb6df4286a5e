// The canary's Lambda client: starts executions, reads them, and completes callbacks.
import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  type LambdaClient,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda'

export type Execution = { readonly status: string; readonly result?: string; readonly error?: string }

export type Lambda = {
  /** The ARN of the new or existing execution of this name, or the error code if it was refused. */
  readonly start: (name: string, payload: object) => Promise<{ readonly arn: string } | { readonly code: string }>
  readonly execution: (arn: string) => Promise<Execution>
  /** The id of the callback `callback`, after the step `step` has started. */
  readonly callbackWhileBusy: (arn: string, callback: string, step: string) => Promise<string | undefined>
  readonly complete: (callbackId: string) => Promise<void>
}

export const lambdaOf = (client: LambdaClient, functionName: string, alias: string): Lambda => ({
  start: async (name, payload) => {
    try {
      const { DurableExecutionArn: arn = '' } = await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          Qualifier: alias,
          InvocationType: 'Event',
          DurableExecutionName: name,
          Payload: new TextEncoder().encode(JSON.stringify(payload)),
        }),
      )
      return { arn }
    } catch (error) {
      if (error instanceof Error && error.name === 'DurableExecutionAlreadyStartedException')
        return { code: error.name }
      throw error
    }
  },
  execution: async arn => {
    const {
      Status,
      Result,
      Error: error,
    } = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }))
    return {
      status: Status ?? 'unknown',
      ...(Result !== undefined && { result: Result }),
      ...(error !== undefined && { error: `${error.ErrorType ?? ''}: ${error.ErrorMessage ?? ''}` }),
    }
  },
  callbackWhileBusy: async (arn, callback, step) => {
    const { Events = [] } = await client.send(
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, IncludeExecutionData: true }),
    )
    const isBusy = Events.some(({ EventType, Name }) => EventType === 'StepStarted' && Name === step)
    const opened = Events.find(({ EventType, Name }) => EventType === 'CallbackStarted' && Name === callback)
    return isBusy ? opened?.CallbackStartedDetails?.CallbackId : undefined
  },
  complete: async callbackId => {
    await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId }))
  },
})
