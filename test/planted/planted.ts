// Plants secrets in a world, and collects those that the world issues, so that its end can look for them where it kept data.
import { randomBytes } from 'node:crypto'
import type { createCredentials } from '../../sandbox/aws/wire/credentials.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { createSessions } from '../../sandbox/ssm/sessions.ts'
import type { Fleet } from '../../sandbox/world/fleet.ts'
import type { Logs } from '../../sandbox/world/logs.ts'
import type { Secret, SecretKind } from './find-secrets.ts'

/** The service whose log has planted lines, in the hub's account. */
export const PLANTED_SERVICE = 'prod.us-east-1/web/search'
const PLANTED_GROUP = '/ecs/search'

export type Planted = {
  readonly add: (kind: SecretKind, value: string) => void
  readonly list: () => readonly Secret[]
}

export const createPlanted = (secrets: { readonly signingSecret: string; readonly botToken: string }): Planted => {
  const planted = new Map<string, SecretKind>([
    [secrets.signingSecret, 'signing secret'],
    [secrets.botToken, 'bot token'],
  ])
  return {
    add: (kind, value) => void planted.set(value, kind),
    list: () => [...planted].map(([value, kind]) => ({ value, kind })),
  }
}

const random = (): string => randomBytes(18).toString('hex')

/** A value of every container's environment. It has a form that redaction knows, because commands may print it. */
export const plantEnvironment = ({ sites }: Pick<Fleet, 'sites'>, planted: Planted): void => {
  const value = `ghp_${random()}`
  planted.add('environment value', value)
  for (const { taskDefinitions } of sites.values())
    for (const { input } of [...taskDefinitions.values()].flat())
      for (const container of input.containerDefinitions ?? [])
        container.environment = [...(container.environment ?? []), { name: 'PLANTED', value }]
}

const LINES: readonly ((secret: string) => string)[] = [
  secret => `login failed for password=${secret}`,
  secret => JSON.stringify({ level: 'warn', api_key: secret }),
  secret => `GET /orders Authorization: Bearer ${secret}`,
  secret => `connecting to postgres://orders:${secret}@db.internal:5432/orders`,
]

/** Lines with secrets that redaction hides, in the log of one service. */
export const plantLines = (logs: Logs, place: Parameters<Logs['find']>[0], planted: Planted): void => {
  const group = logs.find(place, PLANTED_GROUP)
  const [stream] = group?.streams.keys() ?? []
  if (group === undefined || stream === undefined) throw new Error(`${PLANTED_GROUP} has no stream`)
  for (const line of LINES) {
    const secret = random()
    planted.add('log line', secret)
    logs.append(group, stream, line(secret))
  }
}

type Issuing = {
  readonly credentials: ReturnType<typeof createCredentials>
  readonly exec: { readonly sessions: ReturnType<typeof createSessions> }
}

/** Collects the keys and tokens that AWS issues from now on. */
export const collectFromAws = ({ credentials, exec }: Issuing, planted: Planted): void => {
  const { issue } = credentials
  credentials.issue = (...args) => {
    const credential = issue(...args)
    planted.add('AWS secret key', credential.secretAccessKey)
    if (credential.sessionToken) planted.add('AWS session token', credential.sessionToken)
    return credential
  }
  const { issueToken } = exec.sessions
  exec.sessions.issueToken = session => {
    const token = issueToken(session)
    planted.add('SSM session token', token)
    return token
  }
}

/** Adds the response URLs that Slack issued. */
export const collectFromSlack = ({ responseUrls }: Pick<Slack, 'responseUrls'>, planted: Planted): void => {
  for (const url of responseUrls()) planted.add('response URL', url)
}
