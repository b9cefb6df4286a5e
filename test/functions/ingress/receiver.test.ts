import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { declarations } from '../../../src/commands/declarations.ts'
import { createApp } from '../../../src/functions/ingress/app.ts'
import { type HttpAnswer, type HttpEvent, LambdaReceiver } from '../../../src/functions/ingress/receiver.ts'
import type { Dispatch } from '../../../src/model/ports/functions.ts'
import type { Job } from '../../../src/model/ports/job.ts'

const SECRET = 'the secret in force'
const BEFORE = 'the secret before it'
const NOW = Date.parse('2026-11-22T03:00:00Z')

let jobs: Job[] = []
let failure: Error | undefined
const take = async (job: Job) => {
  if (failure !== undefined) throw failure
  jobs.push(job)
}
const dispatch: Dispatch = { query: take, decision: take, operation: take }

const receiver = new LambdaReceiver({ signingSecrets: async () => [SECRET, BEFORE], now: () => NOW, log: () => {} })
createApp({
  receiver,
  declarations,
  dispatch,
  secrets: async () => ({ signing: [SECRET], botToken: 'xoxb-1', bot: 'B1', botUser: 'U1' }),
  naming: {
    store: { list: async () => [], get: async () => undefined },
    config: async () => {
      throw new Error('no configuration')
    },
    now: () => NOW,
  },
})

beforeEach(() => {
  jobs = []
  failure = undefined
})

type Sending = {
  readonly secret?: string
  readonly at?: number
  readonly type?: string
  readonly headers?: HttpEvent['headers']
  readonly plain?: true
  readonly signedBody?: string
}

const send = (body: string | Buffer, sending: Sending = {}): Promise<HttpAnswer> => {
  const { secret = SECRET, at = NOW, type = 'application/x-www-form-urlencoded', plain, signedBody = body } = sending
  const timestamp = `${Math.floor(at / 1000)}`
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(signedBody).digest('hex')}`
  const headers =
    'headers' in sending
      ? sending.headers
      : { 'Content-Type': type, 'X-Slack-Signature': signature, 'X-Slack-Request-Timestamp': timestamp }
  return receiver.handle({
    headers: headers ?? null,
    body: plain ? body.toString() : Buffer.from(body).toString('base64'),
    isBase64Encoded: plain !== true,
  })
}

const slash = (text: string, more: Record<string, string> = {}): string =>
  new URLSearchParams({
    command: '/ecs',
    text,
    team_id: 'T1',
    user_id: 'U9',
    user_name: 'riley',
    channel_id: 'C1',
    trigger_id: '1.2.abc',
    response_url: 'https://hooks.slack.com/commands/x',
    ...more,
  }).toString()

const SCALE = slash('scale orders-api 6')

describe('what is not signed by Slack just now is refused, and nothing runs', () => {
  test.each<[string, () => Promise<HttpAnswer>]>([
    ['unsigned', () => send(SCALE, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })],
    ['no headers at all', () => send(SCALE, { headers: null })],
    ['signed with another secret', () => send(SCALE, { secret: 'guessed' })],
    ['another body than was signed', () => send(SCALE, { signedBody: slash('status orders-api') })],
    ['six minutes old', () => send(SCALE, { at: NOW - 360_000 })],
    ['six minutes ahead', () => send(SCALE, { at: NOW + 360_000 })],
    [
      'a signature of another version',
      () => send(SCALE, { headers: { 'x-slack-signature': 'v1=00', 'x-slack-request-timestamp': `${NOW / 1000}` } }),
    ],
    [
      'a timestamp that is no number',
      () =>
        send(SCALE, { headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}`, 'x-slack-request-timestamp': 'NaN' } }),
    ],
    ['a headers value that is missing', () => send(SCALE, { headers: { 'x-slack-signature': undefined } })],
    ['malformed JSON, unsigned', () => send('{', { headers: { 'content-type': 'application/json' } })],
    ['ssl_check, unsigned', () => send('ssl_check=1', { headers: {} })],
  ])('%s', async (_, sending) => {
    expect((await sending()).statusCode).toBe(401)
    expect(jobs).toEqual([])
  })

  test('no body, no event fields', async () => {
    expect((await receiver.handle({})).statusCode).toBe(401)
    expect((await receiver.handle({ headers: null, body: null })).statusCode).toBe(401)
  })

  test('a body over 4 MB', async () => {
    expect((await send(Buffer.alloc(4_000_001, 'a'))).statusCode).toBe(413)
  })

  test('a store of secrets that does not answer: the answer is no, not a throw', async () => {
    const mute = new LambdaReceiver({
      signingSecrets: async () => Promise.reject(new Error('no answer')),
      now: () => NOW,
      log: () => {},
    })
    const answer = await mute.handle({
      headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}`, 'x-slack-request-timestamp': `${NOW / 1000}` },
      body: 'a',
    })
    expect(answer.statusCode).toBe(500)
  })
})

describe('what is signed is understood', () => {
  test('four minutes either way are fine', async () => {
    expect((await send(SCALE, { at: NOW - 240_000 })).statusCode).toBe(200)
    expect((await send(SCALE, { at: NOW + 240_000 })).statusCode).toBe(200)
  })

  test('the secret before a rotation is still good', async () => {
    expect((await send(SCALE, { secret: BEFORE })).statusCode).toBe(200)
  })

  test('ssl_check and url_verification', async () => {
    expect(await send('ssl_check=1&token=x')).toEqual({ statusCode: 200, body: '' })
    const answer = await send(JSON.stringify({ type: 'url_verification', challenge: 'abc✅' }), {
      type: 'application/json; charset=utf-8',
    })
    expect(JSON.parse(answer.body)).toEqual({ challenge: 'abc✅' })
  })

  test.each([
    'application/x-www-form-urlencoded; charset=utf-8',
    'application/x-www-form-urlencoded;charset=ISO-8859-1',
    'APPLICATION/X-WWW-FORM-URLENCODED',
  ])('a form is a form: %s', async type => {
    expect((await send(SCALE, { type })).statusCode).toBe(200)
    expect(jobs).toHaveLength(1)
  })

  test('UTF-8 survives base64, and plain bodies are taken as well', async () => {
    await send(slash('scale orders-api 6 --reason "Größe ✅"'))
    await send(slash('scale orders-api 6 --reason "Größe ✅"'), { plain: true })
    expect(jobs).toHaveLength(2)
    for (const job of jobs) expect(job).toMatchObject({ line: 'scale orders-api 6 --reason "Größe ✅"' })
    expect(jobs[0]).toEqual(jobs[1])
  })

  test.each([
    ['{', 400],
    ['[1]', 400],
    ['null', 400],
    ['"text"', 400],
  ])('a signed body that is no JSON object (%s) is refused', async (body, status) => {
    expect((await send(body, { type: 'application/json' })).statusCode).toBe(status)
    expect((await send(`payload=${encodeURIComponent(body)}`)).statusCode).toBe(status)
  })

  test('what nobody listens to is not acknowledged', async () => {
    expect((await send(slash('help', { command: '/other' }))).statusCode).toBe(404)
  })
})

describe('a slash command', () => {
  test('becomes a job that is a pure function of the request: a replay is the same job', async () => {
    await send(SCALE)
    await send(SCALE)
    expect(jobs[0]).toEqual({
      kind: 'operation',
      id: expect.stringMatching(/^[a-f0-9]{40}$/),
      line: 'scale orders-api 6',
      actor: { team: 'T1', user: 'U9', name: 'riley' },
      place: { channel: 'C1' },
      responseUrl: 'https://hooks.slack.com/commands/x',
    })
    expect(jobs[1]).toEqual(jobs[0])
    await send(slash('scale orders-api 6', { trigger_id: '1.2.other' }))
    expect(jobs[2]).not.toEqual(jobs[0])
  })

  test('that is wrong is answered at once, for the asker alone, and runs nothing', async () => {
    const { statusCode, body } = await send(slash('scale orders-api banana'))
    expect(statusCode).toBe(200)
    expect(JSON.parse(body)).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('banana is not a number of tasks. Write how many tasks: 6, +2, -1, x2 or 50%.'),
    })
    expect(jobs).toEqual([])
  })

  test('help is answered from the declarations', async () => {
    expect(JSON.parse((await send(slash('help'))).body).text).toMatchInlineSnapshot(`
      "Quarterdeck operates Amazon ECS.
      /ecs services Show the health of all services, unhealthy ones first, and the age of the data
      /ecs status &lt;service&gt; Show whether a service is healthy, what it is doing, and what changed
      /ecs tasks &lt;service&gt; List a service’s tasks, and why stopped ones stopped
      /ecs events &lt;service&gt; Show a service’s ECS events, repeats merged
      /ecs deployments &lt;service&gt; Show a service’s deployments: what changed, and how each ended
      /ecs why &lt;service&gt; Show what changed a service, by anyone: who, when, what
      /ecs logs &lt;service|task|log group&gt; Show logs of a service, a task or a log group, secrets hidden
      /ecs check &lt;service|cluster|account&gt; Find unsafe or fragile settings of services, why they matter, and the fix
      /ecs scale &lt;service&gt; &lt;count&gt; Set how many tasks a service runs
      /ecs restart &lt;service|cluster:name|team:name|tag:key=value|secret:arn&gt; Replace every task of a service with a new deployment of the same task definition
      /ecs stop &lt;service&gt; Stop one task, by its id; its service starts another
      /ecs run &lt;service&gt; [-- &lt;command&gt;] Run a command once in a new task of a service, such as a migration
      /ecs exec &lt;service&gt; [-- &lt;command&gt;] Run a command in a service’s container, or get shell access
      /ecs exec enable &lt;service&gt; Turn on ECS Exec for a service; replaces every task
      /ecs exec sessions List open container sessions, including those started outside Quarterdeck
      /ecs exec terminate &lt;service&gt; &lt;id&gt; Terminate a container session and its processes
      /ecs deploy &lt;service&gt; &lt;image|tag|revision&gt; Deploy an image, a tag or a revision of the task definition
      /ecs rollback &lt;service&gt; Stop and roll back a deployment in progress, or deploy an earlier task definition
      /ecs gates List the deployments that wait at a gate, and what happens without an answer
      /ecs gate continue &lt;service&gt; &lt;hook&gt; Let a deployment that waits at a gate go on
      /ecs gate rollback &lt;service&gt; &lt;hook&gt; Roll back a deployment that waits at a gate; needs no approval
      /ecs autoscale &lt;service&gt; Show a service’s autoscaling: bounds, policies, schedules, and why it did not scale
      /ecs autoscale bounds &lt;service&gt; &lt;min..max&gt; Set autoscaling’s minimum and maximum
      /ecs autoscale suspend &lt;service&gt; [in|out|scheduled] Suspend autoscaling, as a temporary change: scale-in, scale-out, schedules, or in and out
      /ecs autoscale resume &lt;service&gt; Resume autoscaling
      /ecs capacity &lt;service&gt; Show where a service runs: strategy, actual split, quotas, Spot interruptions, cost
      /ecs capacity set &lt;service&gt; &lt;strategy&gt; Switch the capacity providers of a service; replaces every task
      /ecs capacity escape &lt;service|cluster:name|team:name|tag:key=value|secret:arn&gt; Move a service off Fargate Spot for a time; replaces every task, and again on return
      /ecs capacity return &lt;service|cluster:name|team:name|tag:key=value|secret:arn&gt; Return to the earlier capacity before the time; replaces every task
      /ecs capacity attach &lt;service&gt; &lt;provider&gt; Attach a capacity provider to the cluster of a service
      /ecs cost [service|cluster|account] Show what services could cost less: idle, too large, Spot, Graviton; the greatest saving first
      /ecs cost compare &lt;service&gt; Compare where a service could run: Fargate, Spot, Graviton, instances; cost, and whether it can
      /ecs cost apply &lt;service&gt; Apply the size that Compute Optimizer recommends: a new revision, a deployment and a watch
      /ecs cost snooze &lt;service|cluster|account&gt; Put the finding of a service off until a time, with the reason; it is shown again when that is over
      /ecs digest list List the digests, when each is due, and how the last one ended
      /ecs digest preview &lt;name&gt; Show what a digest would tell now, of the services that you may view, to you alone
      /ecs autoscale schedule &lt;service&gt; "&lt;when&gt;" &lt;min..max&gt; Set autoscaling’s bounds at certain times
      /ecs autoscale unschedule &lt;service&gt; &lt;name&gt; Delete a scheduled action
      /ecs autoscale track &lt;service&gt; &lt;cpu|memory|requests&gt; &lt;target&gt; Keep CPU, memory or requests at a target
      /ecs autoscale untrack &lt;service&gt; &lt;policy|cpu|memory|requests&gt; Delete a scaling policy
      /ecs autoscale forecast &lt;service&gt; Show the forecast of tasks, against the load
      /ecs autoscale forecast create &lt;service&gt; &lt;cpu|memory|requests&gt; &lt;target&gt; Forecast the tasks that a service will need
      /ecs autoscale forecast promote &lt;service&gt; Let the forecast scale a service out ahead of load
      /ecs autoscale forecast pause &lt;service&gt; Let the forecast only forecast again
      /ecs leases List temporary changes, when each ends, and what it reverts to
      /ecs lease extend &lt;service&gt; &lt;duration&gt; Extend a temporary change
      /ecs lease keep &lt;service&gt; Make a temporary change permanent
      /ecs lock &lt;service|cluster|account&gt; Block changes to a service, a cluster or an account
      /ecs unlock &lt;service|cluster|account&gt; Remove a lock
      /ecs halt Block every change until someone resumes
      /ecs resume Allow changes again after a halt
      /ecs here Show this channel’s default place and favourite services
      /ecs here set [service|cluster|account] Set this channel’s default account or cluster, and its favourite services
      /ecs here clear Remove this channel’s defaults
      /ecs subscriptions Show which problems are posted in this channel
      /ecs subscribe &lt;service|cluster|tag:key=value&gt; [kinds] Post problems of a service, a cluster, an account or a tag in this channel
      /ecs unsubscribe &lt;service|cluster|tag:key=value&gt; End a subscription of this channel
      /ecs snooze &lt;id&gt; Pause the card of a problem in this channel
      /ecs audit &lt;service|operation&gt; Show who changed a service and who approved it, or one operation
      /ecs whoami Show your roles, and the rules that grant them
      /ecs help [command] List the commands, or explain one"
    `)
    expect(JSON.parse((await send(slash('help scale'))).body).text).toContain('Set how many tasks a service runs')
    expect(JSON.parse((await send(slash('help skale'))).body).text).toContain('skale is not a command')
    expect(jobs).toEqual([])
  })

  test('that cannot be passed on is answered with the reason, and acknowledged', async () => {
    failure = new Error('passing the command on: Lambda answered TooManyRequestsException')
    const { statusCode, body } = await send(SCALE)
    expect(statusCode).toBe(200)
    expect(JSON.parse(body).text).toContain(
      'nothing was changed: passing the command on: Lambda answered TooManyRequestsException.',
    )
  })
})

describe('a button', () => {
  const click = (action: object, more: object = {}) =>
    send(
      new URLSearchParams({
        payload: JSON.stringify({
          type: 'block_actions',
          team: { id: 'T1' },
          user: { id: 'U9', username: 'riley', team_id: 'T1' },
          channel: { id: 'C1' },
          message: { ts: '1.1' },
          trigger_id: '1.2.x',
          response_url: 'https://hooks.slack.com/actions/x',
          actions: [{ type: 'button', block_id: 'b', action_ts: '5.5', ...action }],
          ...more,
        }),
      }).toString(),
    )

  test('that decides becomes a decision', async () => {
    await click({ action_id: 'decide:approve', value: 'op1' })
    expect(jobs).toEqual([
      {
        kind: 'decision',
        operation: 'op1',
        choice: 'approve',
        actor: { team: 'T1', user: 'U9', name: 'riley' },
        place: { channel: 'C1' },
        responseUrl: 'https://hooks.slack.com/actions/x',
      },
    ])
  })

  test('clicked by someone of another workspace in a shared channel carries that workspace', async () => {
    await click({ action_id: 'decide:approve', value: 'op1' }, { user: { id: 'U9', username: 'riley', team_id: 'T2' } })
    expect(jobs[0]).toMatchObject({ actor: { team: 'T2', user: 'U9' } })
  })

  test('that starts something is as if typed by whoever clicks, once for each click', async () => {
    await click({ action_id: 'run:0', value: 'scale orders-api 6' })
    await click({ action_id: 'run:0', value: 'scale orders-api 6' })
    await click({ action_id: 'run:0', value: 'scale orders-api 6', action_ts: '6.6' })
    expect(jobs).toMatchObject([{ kind: 'operation', line: 'scale orders-api 6' }, {}, {}])
    expect(jobs[1]).toEqual(jobs[0])
    expect(jobs[2]).not.toEqual(jobs[0])
  })
})
