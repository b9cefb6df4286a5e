// What tired people type and what peers do on bad days, over the wire.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.stop())

const isOver = () => ENDED.test(world.card())

describe('what was typed', () => {
  test.each([
    ['scale', '/ecs scale needs <service>.'],
    ['scale orders-api banana', 'banana is not a number of tasks.'],
    ['scale orders-api 1e9', '1e9 is not a number of tasks.'],
    ['scale orders-api -5', 'orders-api is set to 4 tasks: the result would be -1.'],
    [
      'scale orders-ap 6',
      'No service is named orders-ap.\n\nDid you mean orders-api?\n[prod.us-east-1/web/orders-api]',
    ],
    ['scale ordersapi 6', 'Did you mean orders-api?'],
    ['scale nothing-like-it 6', 'No service is named nothing-like-it.'],
    ['scale checkout 6', '3 services are named checkout.'],
    ['scale log-shipper 6', 'log-shipper is a daemon'],
    ['scale orders-api 4', 'orders-api is set to 4 tasks already.'],
    ['scale prod.us-east-1/web/gone 4', 'No service is named gone.'],
    [`scale orders-api 6 --reason "${'x'.repeat(3000)}"`, ' characters; at most 2,000 fit.'],
    ['scale orders-api\u0000 6', 'This command contains the control character U+0000 at character 17'],
    ['status nope', 'No service is named nope.'],
  ])('%j', async (text, words) => {
    expect(await world.type(text)).toContain(words)
    expect(world.cards()).toEqual([])
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('which of several is meant is one click, as if typed by whoever clicks', async () => {
    await world.type('scale checkout 8')
    const [question] = world.slack.workspace.ephemerals('U0REQUEST')
    await world.slack.deliver.click({ user: 'U0REQUEST', channel: 'C0OPS', ts: question?.ts ?? '', actionId: 'run:0' })
    await world.quiet()
    expect(world.card()).toContain('Scale checkout 6 → 8')
    expect(world.card()).toContain('web · us-east-1 · @requester')
  })

  test('markup and mentions in a reason stay words, for the reader and in notifications', async () => {
    const reason = '*bold* <!channel> <@U0APPROVE> `code` <https://evil.example|click> &amp; _it_'
    await world.type(`scale orders-api 6 --reason "${reason}"`)
    const message = world.cards().at(-1)
    const quoted = JSON.stringify(message?.blocks)
    expect(quoted).toContain('“*bold* <!channel> <@U0APPROVE> `code` ')
    expect(quoted).not.toMatch(/"type":"(user|broadcast|link|usergroup|mrkdwn)"/)
    expect(await world.details()).toContain(`> ${reason}`)
    expect(message?.text).not.toMatch(/<[!@#h]/)
  })

  test('smart quotes and em dashes from a phone are understood', async () => {
    await world.type('scale orders-api 6 —reason “it’s slow” —dry-run')
    expect(world.told('U0REQUEST')).toContain('@requester “it’s slow”')
  })
})

describe('a peer on a bad day', () => {
  test('the dispatch fails: an ephemeral answer, nothing has run', async () => {
    world.aws.faults.add({
      match: { service: 'lambda', action: 'Invoke' },
      when: 'before',
      effect: { kind: 'error', code: 'TooManyRequestsException', message: 'Rate Exceeded.', status: 429 },
      times: 10,
    })
    expect(await world.type('scale orders-api 6')).toContain('Request failed; nothing was changed')
    expect(world.durable.executions.size).toBe(0)
  })

  test('the dispatch’s answer is lost once: one operation, one card', async () => {
    world.aws.faults.add({ match: { service: 'lambda', action: 'Invoke' }, when: 'after', effect: { kind: 'drop' } })
    expect(await world.type('scale orders-api 6')).toBe('')
    expect(world.durable.executions.size).toBe(1)
    expect(world.cards()).toHaveLength(1)
  })

  test('the dispatch’s answer is lost twice: it may run, and that is what is said', async () => {
    world.aws.faults.add({
      match: { service: 'lambda', action: 'Invoke' },
      when: 'after',
      effect: { kind: 'drop' },
      times: 2,
    })
    expect(await world.type('scale orders-api 6')).toContain('may or may not have started')
    expect(world.durable.executions.size).toBe(1)
    expect(world.cards()).toHaveLength(1)
  })

  test('the same request delivered twice is one operation', async () => {
    await world.type('scale orders-api 6', {}, { twice: true })
    expect(world.durable.executions.size).toBe(1)
    expect(world.cards()).toHaveLength(1)
  })

  test.each([
    ['throttles', { kind: 'throttle' } as const],
    [
      'has a fault of its own',
      { kind: 'error', code: 'ServerException', message: 'Service Unavailable', status: 503 } as const,
    ],
    ['drops the connection', { kind: 'drop' } as const],
  ])('AWS %s for a while: it is tried again, and the change happens once', async (_, effect) => {
    await world.type('scale orders-api 6')
    world.aws.faults.add({ match: { action: 'UpdateService' }, when: 'before', effect, times: 5 })
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
    expect(world.calls('UpdateService').filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('AWS denies the call: failed, in our words with AWS’s own', async () => {
    await world.type('scale orders-api 6')
    const message = 'User: arn:aws:sts::111122223333:assumed-role/x is not authorized to perform: ecs:UpdateService'
    world.aws.faults.add({
      match: { action: 'UpdateService' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message },
      times: 99,
    })
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toMatch(
      /❌ Failed .*UpdateService on orders-api: AWS denied it \(AccessDeniedException: User: arn:aws:sts/s,
    )
    expect(world.calls('UpdateService')).toHaveLength(1)
  })

  test('AWS throttles reads while it is planned: the plan comes late, but comes', async () => {
    // Three tries of each of the four places: all fail at first, and none later.
    world.aws.faults.add({ match: { action: 'ListClusters' }, when: 'before', effect: { kind: 'throttle' }, times: 12 })
    await world.type('scale orders-api 6')
    await world.until(() => world.cards().length > 0)
    expect(world.card()).toContain('Scale orders-api 4 → 6')
  })

  test('Lambda throttles checkpoints for longer than anybody’s patience: the operation goes on afterwards', async () => {
    const match = { function: 'quarterdeck-operation', action: 'CheckpointDurableExecution', nth: 4 }
    world.aws.faults.add({ match, when: 'before', effect: { kind: 'throttle' }, times: 12 })
    await world.type('scale orders-api 6')
    await world.until(() => world.card().includes('[Approve]'))
    await world.press('Approve', 'U0APPROVE')
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
    expect(world.calls('CheckpointDurableExecution').map(({ errorCode }) => errorCode)).toContain(
      'TooManyRequestsException',
    )
  })

  test('a query that AWS refuses says so', async () => {
    world.aws.faults.add({
      match: { action: 'DescribeServices' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 9,
    })
    expect(await world.type('status orders-api')).toContain(
      'Request failed: reading orders-api: AWS denied it (AccessDeniedException: no).',
    )
  })

  test('planning that fails for good is told to the asker', async () => {
    world.aws.faults.add({
      match: { action: 'DescribeServices' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 9,
    })
    expect(await world.type('scale orders-api 6')).toContain(
      'reading orders-api: AWS denied it (AccessDeniedException: no)',
    )
    expect(world.cards()).toEqual([])
  })

  test.each([
    ['429', { kind: 'ratelimited', retryAfter: 1 } as const],
    ['500', { kind: 'status', status: 500 } as const],
  ])('Slack answers %s for a while: the card comes, once', async (_, effect) => {
    world.slack.faults.add({ method: 'chat.postMessage', effect, times: 4 })
    await world.type('scale orders-api 6')
    await world.until(() => world.cards().length > 0)
    expect(world.cards()).toHaveLength(1)
  })

  test('Slack posts the card and loses the answer: still one card', async () => {
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'lose' }, times: 1 })
    await world.type('scale orders-api 6')
    await world.until(() => world.cards().length > 0)
    await world.click('approve')
    await world.until(isOver)
    expect(world.cards()).toHaveLength(1)
    expect(world.card()).toContain('✅ Done')
  })

  test('Slack refuses updates for a while: the outcome is told in the end', async () => {
    await world.type('scale orders-api 6')
    world.slack.faults.add({ method: 'chat.update', effect: { kind: 'ratelimited', retryAfter: 1 }, times: 8 })
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
  })

  test('a channel that Quarterdeck is not in: the card goes where approvals are given, and the asker is told', async () => {
    expect(await world.type('scale orders-api 6', { channel: 'C0RANDOM' })).toContain(
      'The plan was posted in #C0APPROVALS: open it',
    )
    expect(world.card('C0APPROVALS')).toContain('Scale orders-api 4 → 6')
  })

  test('a message that was deleted does not stop the change', async () => {
    await world.type('scale orders-api 6')
    const card = world.cards().at(-1)
    await world.click('approve')
    world.slack.workspace.remove('C0OPS', card?.ts ?? '')
    await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
    expect([...world.durable.executions.values()][0]).toMatchObject({ status: 'SUCCEEDED', result: '"done"' })
    expect(world.desired()).toBe(6)
  })
})

test('a store that takes nothing any more: the card tells the end all the same', async () => {
  await world.type('scale orders-api 6')
  await world.click('approve')
  world.aws.faults.add({
    match: { function: 'quarterdeck-operation', service: 'dynamodb', action: 'PutItem' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })
  await world.until(isOver)
  expect(world.card()).toContain('✅ Done')
  expect(world.card()).toContain('The outcome could not be recorded in the audit: tell your administrator.')
})

test('a channel that is archived meanwhile: the outcome is told where approvals are given', async () => {
  await world.type('scale orders-api 6')
  const ops = world.slack.workspace.channels.get('C0OPS')
  await world.click('approve')
  if (ops) world.slack.workspace.putChannel({ ...ops, archived: true })
  await world.until(() => world.card('C0APPROVALS').includes('✅ Done'))
  expect(world.desired()).toBe(6)
})

test('credentials that expire between assuming and calling: failed, in our words, and nothing was changed', async () => {
  await world.type('scale orders-api 6')
  const expired = {
    kind: 'error',
    code: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  } as const
  world.aws.faults.add({ match: { action: 'UpdateService' }, when: 'before', effect: expired, times: 99 })
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('the credentials have expired (ExpiredTokenException')
  expect(world.desired()).toBe(4)
})

test('no secret is printed by any function', async () => {
  await world.type('scale orders-api 6 --reason "quiet"')
  await world.click('approve')
  await world.until(isOver)
  const printed = JSON.stringify(world.functions.logs)
  for (const secret of [world.botToken, world.signingSecret, 'SessionToken', 'callbackId', '/response/'])
    expect(printed).not.toContain(secret)
})
