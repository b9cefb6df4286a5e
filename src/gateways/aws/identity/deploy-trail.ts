// Finds who started a deployment, and who registered a task definition, in CloudTrail's event history. Events appear there some
// minutes late.
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { CallerAtAws, ServiceRef } from '../../../model/ecs.ts'
import { isRecord } from '../../../model/json.ts'
import { isAbout, type Json, recordOf } from './cloudtrail.ts'
import type { Sessions } from './sessions.ts'

/** The maximum number of pages of 50 events. The time span is some minutes; the pages contain the calls on all services. */
const MOST_PAGES = 4
const TIMEOUT_MS = 15_000

const ACTIONS = ['UpdateService', 'CreateService'] as const

/** The fields of UpdateService that do not start a deployment, as CloudTrail spells them. Source: ECS API reference. */
const STARTS_NONE = new Set(['cluster', 'service', 'desiredCount'])

/**
 * Creates the reader of who started a deployment of the service between two ISO 8601 times, newest first. `mayBeCreation`: also
 * reads CreateService. Returns undefined if the calls could not be read or are too many; never rejects.
 */
export const createDeployTrail = (config: Config, sessions: Pick<Sessions, 'each'>) => {
  const clientFor = sessions.each(settings => new CloudTrailClient({ ...settings, maxAttempts: 3 }))
  return async (
    ref: ServiceRef,
    from: string,
    until: string,
    mayBeCreation: boolean,
  ): Promise<readonly CallerAtAws[] | undefined> => {
    try {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const found: CallerAtAws[] = []
      for (const action of mayBeCreation ? ACTIONS : ACTIONS.slice(0, 1))
        found.push(...(await callsOf(client, action, { from, until }, record => isDeployment(record, action, ref))))
      return found.toSorted((a, b) => (a.at < b.at ? 1 : -1))
    } catch {
      return undefined
    }
  }
}

/** How far ECS's registration time and CloudTrail's time, which has whole seconds, may differ. */
const AROUND_MS = 10_000

/**
 * Creates the reader of who registered the task definition `arn` at the ISO 8601 time `at`. Returns undefined if the calls could
 * not be read or are too many; never rejects.
 */
export const createRegisterTrail = (config: Config, sessions: Pick<Sessions, 'each'>) => {
  const clientFor = sessions.each(settings => new CloudTrailClient({ ...settings, maxAttempts: 3 }))
  return async (ref: ServiceRef, arn: string, at: string): Promise<readonly CallerAtAws[] | undefined> => {
    try {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const [from = '', until = ''] = [-AROUND_MS, AROUND_MS].map(ms => new Date(Date.parse(at) + ms).toISOString())
      return await callsOf(client, 'RegisterTaskDefinition', { from, until }, record => isRegistration(record, arn))
    } catch {
      return undefined
    }
  }
}

type Span = { readonly from: string; readonly until: string }
type IsWanted = (record: Json) => boolean

const callsOf = async (client: CloudTrailClient, action: string, { from, until }: Span, isWanted: IsWanted) => {
  const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) }
  const found: CallerAtAws[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { Events = [], NextToken } = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: action }],
        StartTime: new Date(from),
        EndTime: new Date(until),
        ...(token !== undefined && { NextToken: token }),
      }),
      options,
    )
    const records = Events.map(({ CloudTrailEvent = '{}' }) => recordOf(JSON.parse(CloudTrailEvent)))
    found.push(...records.filter(isWanted).map(callerOf))
    if (NextToken === undefined) return found
    token = NextToken
  }
  throw new Error('more calls than are read: who made them is unknown')
}

const isRegistration = ({ errorCode, responseElements }: Json, arn: string): boolean =>
  errorCode === undefined && recordOf(recordOf(responseElements)['taskDefinition'])['taskDefinitionArn'] === arn

const isDeployment = (record: Json, action: string, ref: ServiceRef): boolean => {
  if (record['errorCode'] !== undefined) return false
  const request = recordOf(record['requestParameters'])
  if (action === 'CreateService')
    return isAbout({ ...record, requestParameters: { ...request, service: request['serviceName'] } }, ref)
  return isAbout(record, ref) && Object.keys(request).some(field => !STARTS_NONE.has(field))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const callerOf = ({ userIdentity, eventTime }: Json): CallerAtAws => {
  const identity = recordOf(userIdentity)
  const context = recordOf(identity['sessionContext'])
  const role = textOf(recordOf(context['sessionIssuer'])['arn'])
  const own = textOf(identity['arn'])
  const sourceIdentity = textOf(context['sourceIdentity'])
  return {
    at: textOf(eventTime),
    arn: role === '' ? own : role,
    ...(role !== '' && isRecord(context['sessionIssuer']) && { session: own.split('/').at(-1) ?? '' }),
    ...(sourceIdentity !== '' && { sourceIdentity }),
  }
}
