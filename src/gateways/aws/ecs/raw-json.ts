// Sends ECS calls whose JSON has members that this version of the SDK may not know.
import type { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import type { JsonObject } from '../../../model/json.ts'

type Body = Uint8Array | AsyncIterable<Uint8Array>
type Result = { readonly output?: unknown; readonly response: { body?: Body } }
type Sending = { readonly request: { body?: unknown; headers: Record<string, string> } }

/** Sends a command, and returns the JSON of the answer unchanged, with members that the SDK does not know. */
export const rawAnswer = async (client: ECSClient, command: DescribeTaskDefinitionCommand): Promise<JsonObject> => {
  let text: string | undefined
  const keep = (next: (args: never) => Promise<unknown>) => async (args: never) => {
    const result = (await next(args)) as Result
    const bytes = await bytesOf(result.response.body)
    result.response.body = bytes
    text = new TextDecoder().decode(bytes)
    return result
  }
  command.middlewareStack.add(keep as never, { step: 'deserialize', priority: 'low', name: 'keepRaw' })
  const output = await client.send(command)
  return JSON.parse(text ?? JSON.stringify(output)) as JsonObject
}

const bytesOf = async (body: Body | undefined): Promise<Uint8Array> => {
  if (body === undefined || body instanceof Uint8Array) return body ?? new Uint8Array()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends a command with `input` as its JSON body. `input` contains only JSON values, so no dates. */
export const sendRaw = (client: ECSClient, command: RegisterTaskDefinitionCommand, input: JsonObject) => {
  const replace = (next: (args: never) => Promise<unknown>) => (args: Sending) => {
    args.request.body = JSON.stringify(input)
    return next(args as never)
  }
  command.middlewareStack.add(replace as never, { step: 'serialize', priority: 'low', name: 'replaceBody' })
  return client.send(command)
}
