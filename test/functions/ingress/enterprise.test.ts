// People of Enterprise Grid: Slack may name another workspace of the organization, or the organization, as that of a person. The
// organization of a person is what Slack says when it is asked, never what a payload says.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { declarations } from '../../../src/commands/declarations.ts'
import { identify } from '../../../src/engine/rules/access.ts'
import { createApp } from '../../../src/functions/ingress/app.ts'
import { LambdaReceiver } from '../../../src/functions/ingress/receiver.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import type { Job } from '../../../src/model/ports/job.ts'

const SECRET = 'a-secret'
const NOW = Date.parse('2026-11-22T03:00:00Z')

/** By person: the organization that Slack answers; `error` for none. */
const ORGANIZATIONS: Readonly<Record<string, string | 'error'>> = {
  U0SISTER: 'E1',
  U0FOREIGN: 'E9',
  U0UNKNOWN: 'error',
}

let asked: string[] = []
const slack = createServer((req, res) => {
  let body = ''
  req.on('data', chunk => {
    body += chunk
  })
  req.on('end', () => {
    const user = new URLSearchParams(body).get('user') ?? ''
    asked.push(user)
    const enterprise = ORGANIZATIONS[user]
    res.setHeader('content-type', 'application/json')
    res.end(
      JSON.stringify(
        enterprise === 'error' || enterprise === undefined
          ? { ok: false, error: 'internal_error' }
          : { ok: true, user: { id: user, enterprise_user: { enterprise_id: enterprise } } },
      ),
    )
  })
})

let jobs: Job[] = []
let receiver: LambdaReceiver
const take = async (job: Job) => void jobs.push(job)
beforeAll(async () => {
  await new Promise<void>(resolve => slack.listen(0, '127.0.0.1', () => resolve()))
  receiver = new LambdaReceiver({ signingSecrets: async () => [SECRET], now: () => NOW, log: () => {} })
  createApp({
    receiver,
    declarations,
    dispatch: { query: take, decision: take, operation: take },
    secrets: async () => ({ signing: [SECRET], botToken: 'xoxb-1', bot: 'B1', botUser: 'U1' }),
    naming: {
      store: { list: async () => [], get: async () => undefined },
      config: async () => {
        throw new Error('no configuration')
      },
      now: () => NOW,
    },
    slackApiUrl: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api/`,
  })
})
afterAll(() => slack.close())
beforeEach(() => {
  jobs = []
  asked = []
})

const send = async (body: string, type: string): Promise<number> => {
  const timestamp = `${NOW / 1_000}`
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:`).update(body).digest('hex')}`
  const { statusCode } = await receiver.handle({
    headers: { 'content-type': type, 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
    body,
  })
  return statusCode
}
const payload = (value: object) =>
  send(new URLSearchParams({ payload: JSON.stringify(value) }).toString(), 'application/x-www-form-urlencoded')

const GRID = { team: { id: 'T1', domain: 'one', enterprise_id: 'E1' }, enterprise: { id: 'E1', name: 'One' } }
const person = (id: string, team: string) => ({ id, username: 'riley', name: 'riley', team_id: team })

const click = (user: object, around: object = GRID) =>
  payload({
    ...{ type: 'block_actions', ...around, user, channel: { id: 'C1' }, message: { ts: '1.1' }, trigger_id: '1.2.x' },
    actions: [{ type: 'button', block_id: 'b', action_ts: '5.5', action_id: 'decide:approve', value: 'op1' }],
  })
const form = (user: object) =>
  payload({
    ...{ type: 'view_submission', ...GRID, user },
    view: {
      ...{ type: 'modal', callback_id: 'reject', id: 'V1' },
      private_metadata: JSON.stringify({ operation: 'op1', channel: 'C1' }),
      state: { values: {} },
    },
  })
const mention = (user: string, team: string) =>
  send(
    JSON.stringify({
      ...{ type: 'event_callback', team_id: 'T1', enterprise_id: 'E1', event_id: 'Ev1', event_time: 1 },
      authorizations: [{ team_id: 'T1', enterprise_id: 'E1', user_id: 'U1', is_bot: true }],
      event: {
        type: 'app_mention',
        user,
        user_team: team,
        team,
        channel: 'C1',
        ts: '1.1',
        text: '<@U1> halt --reason x',
      },
    }),
    'application/json',
  )

describe('a person of another workspace of the organization', () => {
  test.each<[string, () => Promise<number>]>([
    ['a click', () => click(person('U0SISTER', 'T2'))],
    ['a form', () => form(person('U0SISTER', 'T2'))],
    ['a mention', () => mention('U0SISTER', 'T2')],
  ])('%s carries the organization', async (_, sent) => {
    expect(await sent()).toBe(200)
    expect(jobs[0]).toMatchObject({ actor: { team: 'T2', enterprise: 'E1', user: 'U0SISTER' } })
  })

  test('is looked up once', async () => {
    await click(person('U0SISTER', 'T2'))
    await click(person('U0SISTER', 'T2'))
    expect(asked.length).toBeLessThanOrEqual(1)
  })
})

test('a person of another company carries their own organization', async () => {
  await click(person('U0FOREIGN', 'T9'))
  expect(jobs[0]).toMatchObject({ actor: { team: 'T9', enterprise: 'E9' } })
})

test('where Slack does not answer, the organization is unknown, and asked for again', async () => {
  await click(person('U0UNKNOWN', 'T2'))
  await click(person('U0UNKNOWN', 'T2'))
  expect(jobs[0]).toMatchObject({ actor: { team: 'T2', user: 'U0UNKNOWN' } })
  expect(jobs[0]).not.toHaveProperty('actor.enterprise')
  expect(asked).toEqual(['U0UNKNOWN', 'U0UNKNOWN'])
})

test('people of the own workspace, and workspaces without an organization, are not looked up', async () => {
  await click(person('U0OWN', 'T1'))
  await click(person('U0SISTER', 'T2'), { team: { id: 'T1' }, enterprise: null })
  expect(asked).toEqual([])
  expect(jobs[1]).not.toHaveProperty('actor.enterprise')
})

test('what a payload claims about a person’s organization does not count', async () => {
  await click({ ...person('U0UNKNOWN', 'T2'), enterprise_id: 'E1', enterprise_user: { enterprise_id: 'E1' } })
  expect(jobs[0]).not.toHaveProperty('actor.enterprise')
})

describe('who may use it', () => {
  const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  const people = { U0SISTER: 'sister@example.com' }
  const CONFIG = { ...compiled.config, team: 'T1', enterprise: 'E1' }
  const within = (team: string, enterprise?: string) =>
    identify({ team, ...(enterprise && { enterprise }), user: 'U0SISTER', name: 'riley' }, { ...CONFIG, people })
  test.each([
    ['the configured workspace', 'T1', undefined],
    ['the configured organization', 'E1', undefined],
    ['another workspace of the configured organization', 'T2', 'E1'],
  ])('%s', (_, team, enterprise) => {
    expect(within(team, enterprise)).toBe('sister@example.com')
  })

  test.each([
    ['another workspace without an organization', 'T2', undefined],
    ['another organization', 'E9', undefined],
    ['a workspace of another organization', 'T9', 'E9'],
  ])('not %s, also with a listed id', (_, team, enterprise) => {
    expect(isRefusal(within(team, enterprise))).toBe(true)
  })

  test('without `enterprise`, only the workspace', () => {
    const { enterprise: _, ...config } = { ...CONFIG, people }
    expect(isRefusal(identify({ team: 'T2', enterprise: 'E1', user: 'U0SISTER', name: 'riley' }, config))).toBe(true)
  })
})
