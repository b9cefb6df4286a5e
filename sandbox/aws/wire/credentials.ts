// The access keys of the simulated world: their owner, expiry and session tags.

import { randomBytes } from 'node:crypto'
import type { Caller } from './service.ts'

export type Credential = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly caller: Caller
  /** Whether the owner of the key is a client outside the simulated world. The clock of such a client shows real time. */
  readonly outside?: boolean
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** An identifier as IAM creates them: a prefix of four letters, then 16 characters of base 32. */
export const iamId = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), byte => letters[byte % letters.length]).join('')

/**
 * The person at the terminal. Each process creates new keys, because the keys can be used to run commands on this machine;
 * `npm start` prints the keys. A program that starts the sandbox as a separate process can set the keys with two variables.
 */
export const localUser = {
  accessKeyId: process.env['SANDBOX_ACCESS_KEY_ID'] || iamId('AKIA'),
  secretAccessKey: process.env['SANDBOX_SECRET_ACCESS_KEY'] || randomBytes(30).toString('base64'),
  account: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/local',
  userId: 'AIDAQUARTERDECKLOCAL',
} as const

export type Keys = Pick<Credential, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>
export type Issue = Omit<Caller, 'accessKeyId'>

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
     * Issues an access key. A user gets a long-term key. A role, or a key that expires, gets a session token too. `keys`: the
     * key to issue; if absent, a new key is created.
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
