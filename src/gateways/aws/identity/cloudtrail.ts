// Who changed a service at AWS itself, as CloudTrail's event history has it: some minutes late, and not for ever.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { Config } from '../../../engine/rules/config.ts'
import { type Account, accountOf } from '../../../model/account.ts'
import type { ChangeAtAws, ServiceRef } from '../../../model/ecs.ts'
import { isRecord } from '../../../model/json.ts'
import type { Sessions } from './sessions.ts'

/** Fifty events a page, two calls a second (CloudTrail API reference, LookupEvents). */
const MOST_PAGES = 4
/** How long the advice may take, in milliseconds. */
const PATIENCE = 15_000

/** The newest call of this name about the service since then, ISO 8601; undefined when none is known. Never fails. */
export const createTrail =
  (config: Config, sessions: Pick<Sessions, 'credentials'>) =>
  async (ref: ServiceRef, action: string, since: string): Promise<ChangeAtAws | undefined> => {
    try {
      const account = accountOf(config, ref)
      const credentials = await sessions.credentials(account)
      const client = new CloudTrailClient({ region: ref.region, maxAttempts: 3, credentials })
      return await newest(client, action, since, record => isAbout(record, ref) && !isOwn(record, account))
    } catch {
      return undefined
    }
  }

const newest = async (client: CloudTrailClient, action: string, since: string, isAsked: (record: Json) => boolean) => {
  const options = { abortSignal: AbortSignal.timeout(PATIENCE) }
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { Events = [], NextToken } = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: action }],
        StartTime: new Date(since),
        ...(token !== undefined && { NextToken: token }),
      }),
      options,
    )
    const found = Events.map(({ CloudTrailEvent = '{}' }) => recordOf(JSON.parse(CloudTrailEvent))).find(
      record => record['errorCode'] === undefined && isAsked(record),
    )
    if (found !== undefined) return changeOf(found)
    if (NextToken === undefined) return undefined
    token = NextToken
  }
  return undefined
}

type Json = Readonly<Record<string, unknown>>

const recordOf = (value: unknown): Json => (isRecord(value) ? value : {})

/** Our own changes are in our own audit, by the people who asked for them. */
const isOwn = ({ userIdentity }: Json, { roles }: Account): boolean => {
  const { sessionIssuer } = recordOf(recordOf(userIdentity)['sessionContext'])
  const { arn } = recordOf(sessionIssuer)
  return arn === roles.operator || arn === roles.revert || (arn !== undefined && arn === roles.deployer)
}

/** The names are those of the request, and either may be an ARN. */
const isAbout = ({ requestParameters }: Json, { cluster, service, arn }: ServiceRef): boolean => {
  const asked = recordOf(requestParameters)
  if (asked['resourceId'] !== undefined) return asked['resourceId'] === `service/${cluster}/${service}`
  if (asked['service'] === arn) return true
  return nameOf(asked['cluster'] ?? 'default') === cluster && asked['service'] === service
}

const nameOf = (value: unknown): string => `${typeof value === 'string' ? value : ''}`.split('/').at(-1) ?? ''

/** Who they are to their company where that is known, else the end of their ARN: `role/session` or the user's name. */
const changeOf = ({ userIdentity, eventTime }: Json): ChangeAtAws => {
  const identity = recordOf(userIdentity)
  const { sourceIdentity } = recordOf(identity['sessionContext'])
  const arn = typeof identity['arn'] === 'string' ? identity['arn'] : ''
  const by = typeof sourceIdentity === 'string' ? sourceIdentity : arn.replace(/^.*:(assumed-role|user)\//, '')
  return { by: by === '' ? 'the account itself' : by, at: typeof eventTime === 'string' ? eventTime : '' }
}
