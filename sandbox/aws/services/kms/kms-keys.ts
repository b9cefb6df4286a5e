// KMS keys by account and region, and the encryption with these keys.

import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import type { Fleet } from '../../../world/fleet.ts'
import { AwsError } from '../../wire/service.ts'
import type { Place } from '../ssm/parameters.ts'

export type Key = Place & {
  readonly id: string
  readonly arn: string
  readonly alias?: string
  readonly secret: Uint8Array
  isEnabled: boolean
  /** The roles that the key policy allows. By default, the key policy allows every principal that IAM policies allow. */
  admits?: readonly string[]
}

/**
 * Whether the key policy allows a principal. Unless a key policy delegates to IAM, it can exclude principals that IAM
 * policies allow (KMS developer guide, key policies).
 */
export const isAdmitted = ({ admits }: Key, principal: string): boolean => admits?.includes(principal) ?? true

export type EncryptionContext = Readonly<Record<string, string>>

const NONCE = 12
const TAG = 16
const ID = 36

/** Converts the encryption context to additional authenticated data. The order of the context's keys has no effect. */
const boundTo = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))

/** Adds the KMS keys that clusters use to encrypt exec sessions. */
export const addExecKeys = (kms: Kms, fleet: Fleet): void => {
  for (const { clusters, account, region } of fleet.sites.values())
    for (const { configuration } of clusters.values()) {
      const [, id] = /:key\/(.+)$/.exec(configuration?.executeCommandConfiguration?.kmsKeyId ?? '') ?? []
      if (id !== undefined) kms.add({ account, region }, { id })
    }
}

export type Kms = ReturnType<typeof createKms>

export const createKms = () => {
  const keys: Key[] = []

  const find = ({ account, region }: Place, given: string): Key | undefined => {
    const [, arnRegion = region, arnAccount = account, name = given] =
      /^arn:aws:kms:([^:]*):(\d*):(.+)$/.exec(given) ?? []
    return keys.find(
      key =>
        key.account === arnAccount &&
        key.region === arnRegion &&
        (key.id === name.replace(/^key\//, '') || key.alias === name),
    )
  }

  return {
    /** Adds a key. `alias`: starts with `alias/`. */
    add: (place: Place, { id = randomUUID(), alias }: { id?: string; alias?: string } = {}): Key => {
      const key: Key = {
        ...place,
        id,
        arn: `arn:aws:kms:${place.region}:${place.account}:key/${id}`,
        secret: randomBytes(32),
        isEnabled: true,
        ...(alias !== undefined && { alias }),
      }
      keys.push(key)
      return key
    },
    find,
    seal: (key: Key, plaintext: Uint8Array, context: EncryptionContext): Uint8Array => {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(boundTo(context))
      return Buffer.concat([Buffer.from(key.id), nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    /**
     * Decrypts data and returns the key and plaintext. Throws InvalidCiphertextException, as KMS does, if the data is invalid
     * or the encryption context is not the one of the encryption.
     */
    open: (place: Place, sealed: Uint8Array, context: EncryptionContext): { key: Key; plaintext: Uint8Array } => {
      const bytes = Buffer.from(sealed)
      const key = find(place, bytes.subarray(0, ID).toString())
      if (!key || bytes.length < ID + NONCE + TAG) throw new AwsError('InvalidCiphertextException', '')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(ID, ID + NONCE))
        decipher.setAAD(boundTo(context)).setAuthTag(bytes.subarray(-TAG))
        return { key, plaintext: Buffer.concat([decipher.update(bytes.subarray(ID + NONCE, -TAG)), decipher.final()]) }
      } catch {
        throw new AwsError('InvalidCiphertextException', '')
      }
    },
    /** The condition keys of an encryption context. */
    contextKeys: (context: EncryptionContext): Readonly<Record<string, string | readonly string[]>> => ({
      ...Object.fromEntries(Object.entries(context).map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
      'kms:EncryptionContextKeys': Object.keys(context),
    }),
  }
}
