// Credentials for one purpose at a time: a role of the target account, assumed as the person who asked.
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { asking } from '../translate.ts'

export type Session = {
  readonly roleArn: string
  /** 2 to 64 of `[\w+=,.@-]`: the Slack user and what they do. */
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

/** Role chaining lasts at most an hour (STS API reference); a step needs minutes. */
const SECONDS = 900

export const createAssume = (): Assume => {
  const client = new STSClient({})
  return session =>
    asking(`assuming ${session.roleArn.split('/').at(-1)}`, async () => {
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
