// Sessions of a cluster that has a key: a handshake first, and nothing readable after it.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { policy } from '../../sandbox/aws/iam/policies.ts'
import { connect, jsonOf, type RawClient, recorded, shapesOf } from './exec-client.ts'
import { anExecWorld, clientsOf, type ExecWorld, quick } from './exec-world.ts'

const account = '444455556666'
const ENCRYPTED_AS = { Output: 1, Request: 5, Response: 6, Complete: 7, Challenge: 8, Answer: 9 } as const

let the: ExecWorld
beforeAll(async () => {
  the = await anExecWorld()
})
afterAll(() => the.world.stop())
beforeEach(() => the.clear())

const seal = (key: Uint8Array, plain: Uint8Array): Buffer => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const unseal = (key: Uint8Array, sealed: Uint8Array): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}

const operator = () => {
  const role = the.world.aws.roles.add({ account, name: 'op', trustPolicy: {}, policies: [] })
  the.world.aws.roles.add({
    ...role,
    policies: [policy({ Effect: 'Allow', Action: '*', Resource: '*' })],
  })
  const arn = `arn:aws:sts::${account}:assumed-role/op/someone`
  return the.world.aws.credentials.issue({ account, arn, userId: `${role.id}:someone`, roleArn: role.arn })
}

const begin = async (command: string) => {
  const keys = operator()
  const clients = clientsOf(the.world, keys)
  const place = { account, region: 'us-east-1' }
  const [task] = [...(the.world.fleet.site(place).clusters.get('web')?.services.get('catalog-api')?.tasks ?? [])]
  const session = await the.execute(command, { task: task?.id ?? '' }, clients.ecs)
  const client = connect(session, { keys, at: the.world.clock.now() })
  const { target } = the.sessionOf(session.sessionId).container
  const context = { 'aws:ssm:SessionId': session.sessionId ?? '', 'aws:ssm:TargetId': target }
  return { client, context, kms: clients.kms, task }
}

const frameOf = async (client: RawClient, payloadType: number) => {
  const find = () => client.outputs().find(frame => frame.payloadType === payloadType)
  await client.until(() => find() !== undefined)
  const frame = find()
  if (!frame) throw new Error('no frame')
  return frame
}

type Begun = Awaited<ReturnType<typeof begin>>

const respond = async ({ client, context, kms }: Begun): Promise<Buffer> => {
  const request = jsonOf(await frameOf(client, ENCRYPTED_AS.Request))
  const [type, encryption] = request['RequestedClientActions'] as { ActionType: string; ActionParameters: object }[]
  expect(type).toEqual({
    ActionType: 'SessionType',
    ActionParameters: { SessionType: 'InteractiveCommands', Properties: null },
  })
  const { KMSKeyId } = (encryption?.ActionParameters ?? {}) as { KMSKeyId?: string }
  const made = await kms.send(
    new GenerateDataKeyCommand({ KeyId: KMSKeyId, NumberOfBytes: 64, EncryptionContext: context }),
  )
  client.input(
    0,
    JSON.stringify({
      ClientVersion: '1.2.792.0',
      ProcessedClientActions: [
        { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
        {
          ActionType: 'KMSEncryption',
          ActionStatus: 1,
          ActionResult: {
            KMSCipherTextKey: Buffer.from(made.CiphertextBlob ?? []).toString('base64'),
            KMSCipherTextHash: null,
          },
          Error: '',
        },
      ],
      Errors: null,
    }),
    ENCRYPTED_AS.Response,
  )
  return Buffer.from(made.Plaintext ?? [])
}

const answer = async ({ client }: Begun, key: Buffer) => {
  const { Challenge } = jsonOf(await frameOf(client, ENCRYPTED_AS.Challenge))
  const secret = unseal(key.subarray(0, 32), Buffer.from(String(Challenge), 'base64'))
  const sealed = seal(key.subarray(32), secret).toString('base64')
  client.input(1, JSON.stringify({ Challenge: sealed }), ENCRYPTED_AS.Answer)
}

test('request, response, challenge, complete, and then ciphertext both ways, as it was recorded', async () => {
  const begun = await begin('cat')
  const { client } = begun
  const key = await respond(begun)
  await answer(begun, key)
  expect(jsonOf(await frameOf(client, ENCRYPTED_AS.Complete))).toEqual({
    HandshakeTimeToComplete: expect.any(Number),
    CustomerMessage: 'This session is encrypted using AWS KMS.',
  })
  const plain = () =>
    client
      .outputs()
      .filter(({ payloadType }) => payloadType === ENCRYPTED_AS.Output)
      .map(({ payload }) => unseal(key.subarray(0, 32), payload).toString())
      .join('')
  await client.insist(2, seal(key.subarray(32), Buffer.from('secret\r')))
  await client.until(() => plain().includes('secret\r\nsecret\r\n'))
  // The recording has what the agent sent before a client was there, too.
  const untilComplete = (shapes: readonly string[]) => shapes.filter(shape => !shape.includes('start')).slice(0, 5)
  expect(untilComplete(shapesOf(client.raw))).toEqual(untilComplete(recorded('kms_stdin')))
  expect(Buffer.concat(client.raw).includes('secret')).toBe(false)
  client.input(3, seal(key.subarray(32), Buffer.from('\x04')))
  expect(await client.closed()).toBe('')
})

test('a data key of another context fails the session, in the agent’s words', async () => {
  const begun = await begin('cat')
  await respond({ ...begun, context: { ...begun.context, 'aws:ssm:TargetId': 'ecs:other' } })
  expect(await begun.client.closed()).toContain('Fetching data key failed: InvalidCiphertextException')
})

test('so does a task role that may not decrypt', async () => {
  const begun = await begin('cat')
  const role = the.world.aws.roles.add({ account, name: 'catalog-api-task', trustPolicy: {}, policies: [] })
  await respond(begun)
  expect(await begun.client.closed()).toMatch(/Fetching data key failed: AccessDeniedException: .*kms:Decrypt/)
  the.world.aws.roles.remove(role.arn)
})

test('a client that could not is said, and one that never answers times out', async () => {
  const { client } = await begin('cat')
  await frameOf(client, ENCRYPTED_AS.Request)
  const failed = { ActionType: 'KMSEncryption', ActionStatus: 2, ActionResult: null, Error: 'denied' }
  client.input(0, JSON.stringify({ ClientVersion: '1', ProcessedClientActions: [failed], Errors: ['denied'] }), 6)
  expect(await client.closed()).toContain('KMSEncryption failed on client with status 2 error: denied')

  the.world.aws.exec.timing = { ...quick, handshake: 50 }
  const silent = await begin('cat')
  expect(await silent.client.closed()).toContain('Handshake timed out.')
})

test('text before there is a key kills the agent’s reader', async () => {
  the.world.aws.exec.timing = { ...quick, handshake: 300 }
  const begun = await begin('cat')
  await frameOf(begun.client, ENCRYPTED_AS.Request)
  begun.client.input(0, 'too early\r')
  await respond(begun)
  expect(await begun.client.closed()).toContain('Handshake timed out.')
})
