// Finds changes that were made outside Quarterdeck, in CloudTrail's event history of 90 days. Events appear there some
// minutes late.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { Config } from '../../../engine/rules/config.ts'
import { type Account, accountOf } from '../../../model/account.ts'
import type { ChangeAtAws, ServiceRef } from '../../../model/ecs.ts'
import { isRecord } from '../../../model/json.ts'
import type { Sessions } from './sessions.ts'

/**
 * The maximum number of pages. A page has 50 events, and two calls a second are allowed (CloudTrail API reference,
 * LookupEvents).
 */
const MOST_PAGES = 4
/** The timeout. The result is only additional information, so it must not delay the answer. */
const TIMEOUT_MS = 5_000

/**
 * Finds the newest successful call of `action` on the service after `since` (ISO 8601). Returns undefined if no call was found
 * or CloudTrail could not be read. Never rejects.
 */
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

const newest = async (client: CloudTrailClient, action: string, since: string, isWanted: (record: Json) => boolean) => {
  const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) }
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
      record => record['errorCode'] === undefined && isWanted(record),
    )
    if (found !== undefined) return changeOf(found)
    if (NextToken === undefined) return undefined
    token = NextToken
  }
  return undefined
}

export type Json = Readonly<Record<string, unknown>>

export const recordOf = (value: unknown): Json => (isRecord(value) ? value : {})

/** Whether Quarterdeck made the call. Quarterdeck's own audit already has such calls, with their requesters. */
export const isOwn = ({ userIdentity }: Json, { roles }: Account): boolean => {
  const { sessionIssuer } = recordOf(recordOf(userIdentity)['sessionContext'])
  const { arn } = recordOf(sessionIssuer)
  return arn !== undefined && [roles.operator, roles.revert, roles.deployer, roles.exec].some(role => role === arn)
}

/**
 * Whether the call concerns the service. The request may give cluster and service by name or by ARN. A request of StopTask
 * gives only a task, so its service is read from the answer.
 */
export const isAbout = (
  { requestParameters, responseElements }: Json,
  { cluster, service, arn }: ServiceRef,
): boolean => {
  const request = recordOf(requestParameters)
  if (request['resourceId'] !== undefined) return request['resourceId'] === `service/${cluster}/${service}`
  if (request['service'] === arn) return true
  const deployment = request['serviceDeploymentArn']
  if (typeof deployment === 'string')
    return deployment.startsWith(`${arn.replace(':service/', ':service-deployment/')}/`)
  if (nameOf(request['cluster'] ?? 'default') !== cluster) return false
  if (request['task'] !== undefined)
    return recordOf(recordOf(responseElements)['task'])['group'] === `service:${service}`
  return (request['service'] ?? request['serviceName']) === service
}

const nameOf = (value: unknown): string => `${typeof value === 'string' ? value : ''}`.split('/').at(-1) ?? ''

/** Who made the call: the source identity if there is one; otherwise the end of the ARN (`role/session` or the user name). */
export const changeOf = ({ userIdentity, eventTime }: Json): ChangeAtAws => {
  const identity = recordOf(userIdentity)
  const { sourceIdentity } = recordOf(identity['sessionContext'])
  const arn = typeof identity['arn'] === 'string' ? identity['arn'] : ''
  const by = typeof sourceIdentity === 'string' ? sourceIdentity : arn.replace(/^.*:(assumed-role|user)\//, '')
  return { by: by === '' ? 'the account itself' : by, at: typeof eventTime === 'string' ? eventTime : '' }
}
