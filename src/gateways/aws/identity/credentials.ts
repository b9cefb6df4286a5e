// Assumes a role of the target account for one purpose, on behalf of the requester.
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { askAws } from '../translate.ts'

export type Session = {
  readonly roleArn: string
  /** The session name: the Slack user and the purpose, 2 to 64 characters of `[\w+=,.@-]`. */
  readonly name: string
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  /** The inline session policy, at most 2,048 characters. */
  readonly policy?: string
}

export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

export type Assume = (session: Session) => Promise<Credentials>

/**
 * The session duration in seconds. A step needs some minutes; role chaining allows at most one hour (STS API
 * reference).
 */
const SECONDS = 900

export const createAssume = (): Assume => {
  const client = new STSClient({})
  return session =>
    askAws(`assuming ${session.roleArn.split('/').at(-1)}`, async () => {
      const { Credentials } = await client.send(
        new AssumeRoleCommand({
          RoleArn: session.roleArn,
          RoleSessionName: session.name,
          DurationSeconds: SECONDS,
          ...(session.sourceIdentity !== undefined && { SourceIdentity: session.sourceIdentity }),
          ...(session.tags !== undefined && {
            Tags: Object.entries(session.tags).map(([Key, Value]) => ({ Key, Value })),
          }),
          ...(session.policy !== undefined && { Policy: session.policy }),
        }),
      )
      return {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
        expiration: Credentials?.Expiration ?? new Date(0),
      }
    })
}
