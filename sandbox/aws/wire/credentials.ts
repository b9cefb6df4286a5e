// The access keys of the simulated world: their owner, expiry and session tags.

import { randomBytes } from 'node:crypto'
import type { Caller } from './service.ts'

export type Credential = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly caller: Caller
  /** The owner is a client outside the simulated world, whose clock shows real time. */
  readonly outside?: boolean
}

/** The access key of the person at the terminal, printed by `npm start`. */
export const localUser = {
  accessKeyId: 'AKIAQUARTERDECKLOCAL',
  secretAccessKey: 'quarterdeck/local/not/a/secret/AAAAAAAAA',
  account: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/local',
  userId: 'AIDAQUARTERDECKLOCAL',
} as const

export type Keys = Pick<Credential, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
export type Issue = Omit<Caller, 'accessKeyId'>

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** An identifier in IAM's format: a prefix of four letters, then 16 characters of base 32. */
export const iamId = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), byte => letters[byte % letters.length]).join('')

export type Credentials = ReturnType<typeof createCredentials>

export const createCredentials = () => {
  const known = new Map<string, Credential>()
  const add = (credential: Credential) => {
    known.set(credential.accessKeyId, credential)
    return credential
  }
  const { accessKeyId, secretAccessKey, account, arn, userId } = localUser
  add({ accessKeyId, secretAccessKey, outside: true, caller: { accessKeyId, account, arn, userId } })

  return {
    /**
     * Issues an access key: a long-term key for a user; a key with a session token for a role or if it expires. Without
     * `keys`, creates a new key.
     */
    issue: (holder: Issue, keys?: Keys): Credential => {
      const isSession = holder.roleArn !== undefined || holder.expiresAt !== undefined
      const key = keys?.accessKeyId ?? iamId(isSession ? 'ASIA' : 'AKIA')
      return add({
        accessKeyId: key,
        secretAccessKey: randomBytes(30).toString('base64'),
        ...(isSession && { sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(96).toString('base64')}` }),
        ...keys,
        caller: { ...holder, accessKeyId: key },
      })
    },
    find: (key: string): Credential | undefined => known.get(key),
    revoke: (key: string): boolean => known.delete(key),
  }
}
