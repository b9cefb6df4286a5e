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

/** The minimum remaining time of a session that is shared: one more step must be able to use it. */
const SPARE_MS = 5 * 60_000
const MOST_SESSIONS = 100

/**
 * Shares sessions that have the same role, person, operation and tags. Only for sessions that read. An operation that polls AWS
 * then needs a new session about every 15 minutes, instead of one for each poll.
 */
export const createViewerSessions = (assume: Assume, now: () => number = Date.now): Assume => {
  const shared = new Map<string, Promise<Credentials>>()
  return async session => {
    const key = JSON.stringify(session)
    const known = await shared.get(key)?.catch(() => undefined)
    if (known !== undefined && known.expiration.getTime() - now() > SPARE_MS) return known
    const fresh = assume(session)
    shared.delete(key)
    shared.set(key, fresh)
    for (const oldest of [...shared.keys()].slice(0, Math.max(0, shared.size - MOST_SESSIONS))) shared.delete(oldest)
    return fresh
  }
}
