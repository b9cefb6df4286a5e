// Reads from PagerDuty who is on call: GET /oncalls of its REST API.

import { RemoteError } from '../../model/errors.ts'
import { isRecord } from '../../model/json.ts'
import type { AskOnCall, OnCallPerson, OnCallQuery } from '../../model/ports/on-call.ts'

const TIMEOUT_MS = 5_000
const PAGE = 100
const MOST_PAGES = 5
const MOST_BYTES = 2_000_000

type Options = { readonly fetch?: typeof globalThis.fetch; readonly now?: () => number }

/** Creates the port. `token`: reads the API token. `env`: PAGERDUTY_API_URL overrides the endpoint, for example for the EU. */
export const createPagerDuty = (
  token: () => Promise<string>,
  env: NodeJS.ProcessEnv,
  { fetch = globalThis.fetch, now = Date.now }: Options = {},
): AskOnCall => {
  const base = env['PAGERDUTY_API_URL'] ?? 'https://api.pagerduty.com'
  return async query => {
    const key = await token()
    const found: OnCallPerson[] = []
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const body = await ask(`${base}/oncalls?${parametersOf(query, page)}`, key, fetch)
      const { oncalls } = body
      if (!Array.isArray(oncalls)) throw unreadable()
      found.push(...oncalls.flatMap(one => personOf(one, query, now())))
      if (body['more'] !== true) return unique(found)
    }
    throw new RemoteError('reading PagerDuty: it has more people on call than are read', {
      code: 'TooMany',
      passing: false,
    })
  }
}

const parametersOf = ({ schedules, policies }: OnCallQuery, page: number): string => {
  const parameters = new URLSearchParams()
  for (const id of schedules) parameters.append('schedule_ids[]', id)
  for (const id of policies) parameters.append('escalation_policy_ids[]', id)
  parameters.append('earliest', 'true')
  parameters.append('include[]', 'users')
  parameters.append('limit', `${PAGE}`)
  parameters.append('offset', `${page * PAGE}`)
  return parameters.toString()
}

/** Sends the request; tries once more after an error that may pass. Refuses redirects, so the key is sent to no other host. */
const ask = async (url: string, key: string, fetch: typeof globalThis.fetch): Promise<Record<string, unknown>> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(url, key, fetch)
    } catch (error) {
      if (!(error instanceof RemoteError) || !error.passing || error.code === 'HTTP 429' || attempt > 1) throw error
    }
  }
}

const askOnce = async (url: string, key: string, fetch: typeof globalThis.fetch): Promise<Record<string, unknown>> => {
  const response = await fetch(url, {
    headers: { authorization: `Token token=${key}`, accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new RemoteError('reading PagerDuty: no answer', { code: 'NoAnswer', passing: true, cause: error })
  })
  if (!response.ok)
    throw new RemoteError(`reading PagerDuty: it answered ${response.status}`, {
      code: `HTTP ${response.status}`,
      passing: response.status === 429 || response.status >= 500,
    })
  const text = await response.text()
  if (text.length > MOST_BYTES) throw unreadable()
  const body = parse(text)
  if (!isRecord(body)) throw unreadable()
  return body
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unreadable = (): RemoteError =>
  new RemoteError('reading PagerDuty: its answer cannot be read', { code: 'Unreadable', passing: false })

/**
 * The person of an entry who is on call now, as a list of one or empty. Only the first level of an escalation policy counts: the
 * other levels are called only if the first does not answer. A shift without start and end is always on.
 */
const personOf = (one: unknown, { schedules }: OnCallQuery, now: number): readonly OnCallPerson[] => {
  if (!isRecord(one) || !isRecord(one['user'])) return []
  const { user, start, end, escalation_level: level, schedule } = one
  const isOfSchedule = isRecord(schedule) && schedules.includes(String(schedule['id']))
  if (!isOfSchedule && level !== undefined && level !== 1) return []
  if (!isNow(start, end, now)) return []
  const { name, summary, email } = user
  if (typeof email !== 'string' || email === '') throw unreadable()
  return [{ name: String(name ?? summary ?? ''), email }]
}

/** Whether the shift is now. A time that is not valid means no. */
const isNow = (start: unknown, end: unknown, now: number): boolean =>
  (start == null || Date.parse(String(start)) <= now) && (end == null || Date.parse(String(end)) > now)

const unique = (people: readonly OnCallPerson[]): readonly OnCallPerson[] => [
  ...new Map(people.map(person => [person.email.toLowerCase(), person])).values(),
]
