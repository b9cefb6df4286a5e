// PagerDuty over the wire: a server that answers as its REST API, and as it does on bad days.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPagerDuty } from '../../../src/gateways/on-call/pagerduty.ts'
import { RemoteError } from '../../../src/model/errors.ts'

const NOW = Date.parse('2026-11-22T03:00:00Z')
const QUERY = { schedules: ['PSCHED1'], policies: ['PPOLICY1'] }

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }

let server: Server
let url = ''
let requests: IncomingMessage[]
let answers: Answer[]

beforeEach(async () => {
  requests = []
  answers = []
  server = createServer((req: IncomingMessage, res: ServerResponse) => {
    requests.push(req)
    const { status, body, headers = {} } = answers.shift() ?? { status: 500, body: {} }
    res.writeHead(status, { 'content-type': 'application/json', ...headers })
    res.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise(resolve => server.close(resolve)))

const ask = () => createPagerDuty(async () => 'key-1', { PAGERDUTY_API_URL: url }, { now: () => NOW })(QUERY)

const shift = (email: string, of: object = {}) => ({
  user: { id: 'PUSER01', name: email.split('@')[0], email },
  schedule: { id: 'PSCHED1' },
  escalation_policy: { id: 'PPOLICY1' },
  escalation_level: 1,
  start: null,
  end: null,
  ...of,
})
const ok = (oncalls: readonly unknown[], more = false): Answer => ({ status: 200, body: { oncalls, more } })

test('it asks for the schedules and policies with the key, and reads two people', async () => {
  answers = [ok([shift('ann@example.com'), shift('bob@example.com')])]
  expect(await ask()).toEqual([
    { name: 'ann', email: 'ann@example.com' },
    { name: 'bob', email: 'bob@example.com' },
  ])
  const [request] = requests
  expect(request?.headers.authorization).toBe('Token token=key-1')
  const asked = new URL(request?.url ?? '', url)
  expect(asked.pathname).toBe('/oncalls')
  expect(asked.searchParams.getAll('schedule_ids[]')).toEqual(['PSCHED1'])
  expect(asked.searchParams.getAll('escalation_policy_ids[]')).toEqual(['PPOLICY1'])
  expect(asked.searchParams.get('earliest')).toBe('true')
})

test('a person of several policies is one, and later levels of a policy are not on call', async () => {
  answers = [
    ok([
      shift('ann@example.com'),
      shift('Ann@example.com'),
      shift('boss@example.com', { schedule: null, escalation_level: 2 }),
    ]),
  ]
  expect((await ask()).map(({ email }) => email)).toEqual(['Ann@example.com'])
})

test('a shift that is over, or has not begun, or whose time cannot be read, is not now', async () => {
  answers = [
    ok([
      shift('over@example.com', { start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z' }),
      shift('later@example.com', { start: '2026-12-01T00:00:00Z', end: null }),
      shift('odd@example.com', { start: 'soon', end: null }),
      shift('now@example.com', { start: '2026-11-21T00:00:00Z', end: '2026-11-23T00:00:00Z' }),
    ]),
  ]
  expect((await ask()).map(({ email }) => email)).toEqual(['now@example.com'])
})

test('an empty schedule is nobody', async () => {
  answers = [ok([])]
  expect(await ask()).toEqual([])
})

test('pages are read, and a list without an end is an error', async () => {
  answers = [ok([shift('ann@example.com')], true), ok([shift('bob@example.com')])]
  expect(await ask()).toHaveLength(2)
  answers = Array.from({ length: 5 }, () => ok([shift('ann@example.com')], true))
  await expect(ask()).rejects.toThrow('it has more people on call than are read')
})

test('429 is not asked again, 5xx is asked once more', async () => {
  answers = [{ status: 429, body: {} }]
  await expect(ask()).rejects.toThrow('reading PagerDuty: it answered 429')
  expect(requests).toHaveLength(1)
  answers = [
    { status: 503, body: 'oops' },
    { status: 200, body: { oncalls: [shift('ann@example.com')] } },
  ]
  expect(await ask()).toHaveLength(1)
  answers = [
    { status: 500, body: {} },
    { status: 502, body: {} },
  ]
  await expect(ask()).rejects.toThrow('reading PagerDuty: it answered 502')
})

test.each<[string, Answer]>([
  ['no JSON', { status: 200, body: '<html>' }],
  ['a list', { status: 200, body: [] }],
  ['no oncalls', { status: 200, body: { error: {} } }],
  ['a person without an e-mail address', ok([shift('ann@example.com', { user: { id: 'PUSER01' } })])],
])('%s cannot be read', async (_, answer) => {
  answers = [answer]
  await expect(ask()).rejects.toThrow('its answer cannot be read')
})

test('a key that is refused is an error that does not have the key', async () => {
  answers = [{ status: 401, body: { error: 'key-1' } }]
  const error = await ask().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RemoteError)
  expect(JSON.stringify(error) + String(error)).not.toContain('key-1')
})

test('a redirect is not followed: the key goes to nobody else', async () => {
  answers = [
    { status: 302, body: {}, headers: { location: `${url}/elsewhere` } },
    { status: 302, body: {}, headers: { location: `${url}/elsewhere` } },
  ]
  await expect(ask()).rejects.toThrow('no answer')
  expect(requests.map(({ url: path }) => new URL(path ?? '', url).pathname)).toEqual(['/oncalls', '/oncalls'])
})
