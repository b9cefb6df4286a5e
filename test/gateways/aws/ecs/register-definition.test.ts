// The wire of a registration: members that the SDK does not know are read and sent.
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs'
import { HttpResponse } from '@smithy/core/protocols'
import { expect, test } from 'vitest'
import type { RegistrationCall } from '../../../../src/engine/change/plan.ts'
import { hashOf } from '../../../../src/features/deployments/definition-patch.ts'
import { describe as describeDefinition } from '../../../../src/gateways/aws/ecs/definition-base.ts'
import { rawAnswer } from '../../../../src/gateways/aws/ecs/raw-json.ts'
import { registerDefinition } from '../../../../src/gateways/aws/ecs/register-definition.ts'

const BASE = 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:7'
const DEFINITION = {
  taskDefinitionArn: BASE,
  family: 'orders-api',
  revision: 7,
  registeredAt: 1_700_000_000.25,
  fromTheFuture: { level: 3 },
  containerDefinitions: [{ name: 'app', image: 'orders-api:v7', alsoNew: [1, 2] }],
}

const text = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : Buffer.from(body).toString('utf8')

/** A client whose requests end here. */
const aClient = (answer: (target: string, body: string) => object) => {
  const bodies: string[] = []
  const client = new ECSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ headers, body }: { headers: Record<string, string>; body: string | Uint8Array }) => {
        bodies.push(text(body))
        const json = JSON.stringify(answer(headers['x-amz-target']?.split('.')[1] ?? '', text(body)))
        return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.from(json) as never }) }
      },
    },
  })
  return { client, bodies }
}

const answers = (target: string) =>
  target === 'RegisterTaskDefinition'
    ? { taskDefinition: { taskDefinitionArn: BASE.replace(/7$/, '8') } }
    : { taskDefinition: DEFINITION }

const aCall = (hash: string): RegistrationCall => ({
  service: 'ecs',
  action: 'RegisterTaskDefinition',
  input: { base: BASE, hash, images: { app: 'orders-api:v8' }, compatibilities: [], tagKeys: [] },
  resources: [],
  passes: [],
  repeatable: false,
})

test('reads and sends members that the SDK does not know', async () => {
  const { client, bodies } = aClient(answers)
  const described = await describeDefinition(client, BASE)
  const hash = described === undefined ? '' : hashOf(described)
  expect(await registerDefinition(client, client, aCall(hash))).toMatchObject({ registered: BASE.replace(/7$/, '8') })
  expect(JSON.parse(bodies.at(-1) ?? '')).toEqual({
    family: 'orders-api',
    fromTheFuture: { level: 3 },
    containerDefinitions: [{ name: 'app', image: 'orders-api:v8', alsoNew: [1, 2] }],
  })
})

test('registers nothing when the definition is not what was approved', async () => {
  const { client, bodies } = aClient(answers)
  await expect(registerDefinition(client, client, aCall('0'.repeat(64)))).rejects.toMatchObject({
    code: 'DefinitionChanged',
    passing: false,
  })
  expect(bodies).toHaveLength(1)
})

test('an answer without a definition is none', async () => {
  const { client } = aClient(() => ({}))
  expect(await rawAnswer(client, new DescribeTaskDefinitionCommand({ taskDefinition: BASE }))).toEqual({})
  expect(await describeDefinition(client, BASE)).toBeUndefined()
})
