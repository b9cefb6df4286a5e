// The KMS operations for encrypted sessions: generates and decrypts data keys. A data key is bound to an encryption context.
// Sources of the texts: KMS API reference, and errors seen in the field.

import { randomBytes } from 'node:crypto'
import type { DecryptRequest, GenerateDataKeyRequest } from '@aws-sdk/client-kms'
import * as client from '@aws-sdk/client-kms'
import rules from '../../wire/constraints/kms.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call, type Resource } from '../../wire/service.ts'
import { isAdmitted, type Key, type Kms } from './kms-keys.ts'

const SIZES: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 }

const protocol = awsJson({
  version: '1.1',
  target: 'TrentService',
  client,
  rules,
  refuse: modelError('ValidationException'),
})

const placeOf = ({ caller, region }: Call) => ({ account: caller.account, region })

const expectKey = (kms: Kms, call: Call, given = ''): Key => {
  const key = kms.find(placeOf(call), given)
  const { account, region } = placeOf(call)
  if (!key) {
    const what = given.includes('alias/')
      ? `Alias ${given.startsWith('arn:') ? given : `arn:aws:kms:${region}:${account}:${given}`} is not found.`
      : `Key '${given.startsWith('arn:') ? given : `arn:aws:kms:${region}:${account}:key/${given}`}' does not exist`
    throw new AwsError('NotFoundException', what)
  }
  admit(key, call)
  return key
}

const admit = (key: Key, { caller, action }: Call): void => {
  if (!isAdmitted(key, caller.roleArn ?? caller.arn))
    throw new AwsError(
      'AccessDeniedException',
      `User: ${caller.arn} is not authorized to perform: kms:${action} on resource: ${key.arn} because no resource-based policy allows the kms:${action} action`,
    )
  if (!key.isEnabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`)
}

const sizeOf = ({ NumberOfBytes, KeySpec }: GenerateDataKeyRequest): number => {
  if ((NumberOfBytes === undefined) === (KeySpec === undefined))
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.')
  return KeySpec === undefined ? (NumberOfBytes ?? 0) : (SIZES[KeySpec] ?? 0)
}

const generate = (kms: Kms, input: GenerateDataKeyRequest, call: Call) => {
  const key = expectKey(kms, call, input.KeyId)
  const plaintext = randomBytes(sizeOf(input))
  return {
    KeyId: key.arn,
    Plaintext: plaintext,
    CiphertextBlob: kms.seal(key, plaintext, input.EncryptionContext ?? {}),
  }
}

const decrypt = (kms: Kms, input: DecryptRequest, call: Call) => {
  const { key, plaintext } = kms.open(
    placeOf(call),
    input.CiphertextBlob ?? new Uint8Array(),
    input.EncryptionContext ?? {},
  )
  if (input.KeyId !== undefined && expectKey(kms, call, input.KeyId) !== key)
    throw new AwsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
  admit(key, call)
  return { KeyId: key.arn, Plaintext: plaintext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
}

/** The ARN of the key that a call names. For a missing key, returns the ARN that the key would have. */
const keyOf = (kms: Kms, call: Call): string => {
  const { KeyId, CiphertextBlob } = call.input as { KeyId?: string; CiphertextBlob?: Uint8Array }
  const { account, region } = placeOf(call)
  const given =
    KeyId ??
    Buffer.from(CiphertextBlob ?? [])
      .subarray(0, 36)
      .toString()
  const found = kms.find({ account, region }, given)
  if (found) return found.arn
  return given.startsWith('arn:') ? given : `arn:aws:kms:${region}:${account}:key/${given}`
}

const resources =
  (kms: Kms) =>
  (call: Call): readonly Resource[] => {
    const { KeyId = '', EncryptionContext = {} } = call.input as { KeyId?: string } & DecryptRequest
    return [
      {
        arn: keyOf(kms, call),
        context: {
          ...kms.contextKeys(EncryptionContext),
          ...(KeyId.startsWith('alias/') && { 'kms:RequestAlias': KeyId }),
        },
      },
    ]
  }

export const createKmsService = (kms: Kms): AwsService => ({
  name: 'kms',
  protocol,
  operations: {
    GenerateDataKey: (input: GenerateDataKeyRequest, call) => generate(kms, input, call),
    Decrypt: (input: DecryptRequest, call) => decrypt(kms, input, call),
  },
  resources: resources(kms),
})
