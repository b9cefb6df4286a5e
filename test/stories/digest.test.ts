// Digests: what is new or changed since the last, in the channel and at the time that the configuration says, at most once.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aUser, PARTNER_TEAM } from '../../sandbox/slack/seed.ts'
import { pass } from '../world/driving.ts'
import { aStory, HUB, type StoryWorld, textOf } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

type DigestYaml = {
  readonly name?: string
  readonly channel?: string
  readonly cron?: string
  readonly zone?: string
  readonly more?: string
}

const withDigests = (...digests: readonly DigestYaml[]): string =>
  EXAMPLE.replace(
    /digests:\n( .*\n)+/,
    `digests:\n${digests
      .map(
        ({ name = 'ops', channel = 'C0OPS', cron = '0 8 * * ? *', zone = 'Europe/Berlin', more = '' }) =>
          `  - { name: ${name}, channel: ${channel}, cron: "cron(${cron})", zone: ${zone}${more} }\n`,
      )
      .join('')}`,
  )

const WAITING = { more: ', what: [waiting, left-overs, temporary]' }

let world: StoryWorld
const begin = async (start: string, ...digests: readonly DigestYaml[]) => {
  world = await aStory({ start: Date.parse(start) })
  await world.publish(withDigests(...digests))
  await world.recur('index')
  await world.recur('digest')
}
afterEach(() => world.stop())

/** To this time, when Scheduler asks. */
const askAt = async (at: string) => {
  await pass(Date.parse(at) - world.clock.now(), world)
  world.aws.throttle.reset()
  await world.recur('index')
  await world.recur('digest')
}
const messages = (channel = 'C0OPS') => world.slack.workspace.messages(channel)
const digests = (channel?: string) =>
  messages(channel).filter(
    ({ bot_id, text, ts, thread_ts = ts }) => bot_id !== undefined && thread_ts === ts && /^Digest /.test(text),
  )
const last = (channel?: string) => textOf(digests(channel).at(-1))
const shared = async (channel: string) => {
  world.slack.workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: PARTNER_TEAM }))
  await world.slack.deliver.join('U0PARTNER', channel)
  await world.quiet()
}
const advise = (name: string, peaks: { readonly cpu: number; readonly memory: number }) => {
  const service = world.fleet.site(HUB).clusters.get('web')?.services.get(name)
  if (service === undefined) throw new Error(`no service ${name}`)
  world.aws.advice.setPeaks(service, peaks)
}

describe('what waits and what is held', () => {
  beforeEach(() => begin('2026-11-22T03:00:00Z', WAITING))

  test('nothing is posted when there is nothing', async () => {
    await askAt('2026-11-22T07:00:00Z')
    expect(digests()).toEqual([])
    expect(await world.type('digest list')).toContain('nothing was new, so nothing was posted')
  })

  test('is told once; what stays as it was is only counted', async () => {
    await world.type(`scale ${CHECKOUT} 12 --for 1h`)
    await world.press('Approve', 'U0APPROVE')
    await world.until(() => world.card().includes('Temporary:'))
    world.autoscaling.register({ account: '111122223333', region: 'us-east-1' }, 'service/web/checkout', {
      min: 6,
      max: 20,
    })
    await world.type('scale orders-api 8 --for 40h')
    await world.press('Approve', 'U0APPROVE')
    await askAt('2026-11-22T06:59:00Z')
    await world.type('scale prod.us-east-1/web/search 9')
    expect(digests()).toEqual([])
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toHaveLength(1)
    expect(last()).toMatchInlineSnapshot(`
      "Digest ops: 1 request waits, 1 left-over, 1 temporary change
      Waiting for an approval

      • Scale search 5 → 9, requested by requester, expires 2026-11-22 14:59 UTC
      [Open search]
      Not reverted: a decision is needed

      • prod.us-east-1/web/checkout: a minimum of 12 until 2026-11-22 04:00 UTC, by requester; not reverted: someone else changed it to 6..20
      [Restore 4..10 checkout] [Keep checkout]
      Temporary changes

      • prod.us-east-1/web/orders-api: 8 tasks until 2026-11-23 19:00 UTC, by requester
      [Open orders-api]
      About 22 services. The first digest here shows all."
    `)
    await world.press('Open search', 'U0APPROVE')
    expect(textOf(world.slack.workspace.views('U0APPROVE').at(-1)?.view as never)).toContain('Scale search 5 → 9')
    await askAt('2026-11-23T06:50:00Z')
    await world.type('scale prod.us-east-1/web/search 9')
    await askAt('2026-11-23T07:00:00Z')
    expect(digests()).toHaveLength(2)
    expect(last()).toMatchInlineSnapshot(`
      "Digest ops: 1 request waits
      Waiting for an approval

      • Scale search 5 → 9, requested by requester, expires 2026-11-23 14:50 UTC
      [Open search]
      About 22 services.
      Unchanged, and not shown again: 1 left-over, 1 temporary change"
    `)
  })

  test('delivered twice it is posted once', async () => {
    await world.type('scale prod.us-east-1/web/search 9')
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T07:30:00Z')
    world.functions.deliversTwice = new Set()
    expect(digests()).toHaveLength(1)
  })
})

describe('at most once, and late', () => {
  beforeEach(async () => {
    await begin('2026-11-22T06:50:00Z', WAITING)
    await world.type('scale prod.us-east-1/web/search 9')
  })

  test('while Slack is down nothing is lost: it is sent later, and says so', async () => {
    world.slack.faults.add({ method: '*', effect: { kind: 'status', status: 500 }, times: 10_000 })
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T08:00:00Z')
    world.slack.faults.clear()
    await askAt('2026-11-22T09:20:00Z')
    await askAt('2026-11-22T09:25:00Z')
    expect(digests()).toHaveLength(1)
    expect(last()).toContain('Late: due 2026-11-22 07:00 UTC, sent 2026-11-22 09:20 UTC')
  })

  test('a post whose answer was lost is found by its metadata', async () => {
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'lose' }, times: 1 })
    world.slack.faults.add({ method: 'chat.postMessage', effect: { kind: 'status', status: 500 }, times: 10 })
    await askAt('2026-11-22T07:00:00Z')
    world.slack.faults.clear()
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toHaveLength(1)
    expect(await world.type('digest list')).toContain('Last: posted, due')
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'a function that dies at its write %i to the store posts one message in all',
    async nth => {
      world.aws.faults.add({
        match: { service: 'dynamodb', action: 'PutItem', nth },
        when: 'before',
        effect: { kind: 'error', code: 'InternalServerError', message: 'lost', status: 500 },
        times: 1_000,
      })
      await askAt('2026-11-22T07:00:00Z')
      world.aws.faults.clear()
      const first = digests().length
      expect(first).toBeLessThanOrEqual(1)
      await askAt('2026-11-22T07:05:00Z')
      await askAt('2026-11-22T07:10:00Z')
      expect(digests()).toHaveLength(1)
      expect(await world.type('digest list')).toContain('Last: posted, due')
    },
  )

  test('a day later the next one tells it; a time before the digest was known is no outage', async () => {
    expect(digests()).toEqual([])
    await world.publish(withDigests({ ...WAITING, cron: '0 6 * * ? *' }))
    await askAt('2026-11-22T07:00:00Z')
    expect(digests()).toEqual([])
    await world.publish(withDigests(WAITING))
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toEqual([])
  })
})

describe('who reads it', () => {
  test('a channel that another company reads gets one line without details', async () => {
    await begin('2026-11-22T06:50:00Z', WAITING)
    await world.type('scale prod.us-east-1/web/search 9')
    await shared('C0OPS')
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toHaveLength(1)
    expect(last()).toBe(
      'Digest ops is not shown here: guests or other companies may read this channel. /ecs digest preview ops shows it to you alone.',
    )
    const preview = await world.type('digest preview ops', { user: 'U0APPROVE' })
    expect(preview).toContain('Scale search 5 → 9')
    expect(preview).toContain('Only you see this')
  })

  test('an archived channel is reported to the approval channel, once', async () => {
    await begin('2026-11-22T06:50:00Z', WAITING)
    await world.type('scale prod.us-east-1/web/search 9')
    const channel = world.slack.workspace.channels.get('C0OPS')
    if (channel !== undefined) world.slack.workspace.putChannel({ ...channel, archived: true })
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toEqual([])
    expect(digests('C0APPROVALS').map(textOf)).toMatchInlineSnapshot(`
      [
        "Digest ops was not posted in #C0OPS: Slack answered is_archived. Invite Quarterdeck there, or change its channel in quarterdeck.yaml.",
      ]
    `)
  })

  test('owners who are nobody any more: nothing is posted, and the approval channel is told', async () => {
    await begin('2026-11-22T06:50:00Z', { more: ', owners: [S0GONE]' })
    await world.type('scale prod.us-east-1/web/search 9')
    await askAt('2026-11-22T07:00:00Z')
    await askAt('2026-11-22T07:05:00Z')
    expect(digests()).toEqual([])
    expect(digests('C0APPROVALS').map(textOf)).toMatchInlineSnapshot(`
      [
        "Digest ops was not posted in #C0OPS: its owners are nobody in Slack any more. Change its owners in quarterdeck.yaml.",
      ]
    `)
  })

  test('a digest has only its services, and only those that an owner may view', async () => {
    await begin(
      '2026-11-22T06:50:00Z',
      { name: 'tagged', more: ', tag: "team=search", what: [waiting]' },
      { name: 'placed', more: ', places: [prod.eu-west-1, staging], what: [waiting]' },
      { name: 'owned', more: ', owners: [U0SECOND], what: [waiting]' },
    )
    await world.publish(
      withDigests(
        { name: 'tagged', more: ', tag: "team=search", what: [waiting]' },
        { name: 'placed', more: ', places: [prod.eu-west-1, staging], what: [waiting]' },
        { name: 'owned', more: ', owners: [U0SECOND], what: [waiting]' },
      ).replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: viewer, targets: [web/search] }\n'),
    )
    await world.type('scale prod.us-east-1/web/search 9')
    await world.type('scale prod.us-east-1/web/reports 2')
    await askAt('2026-11-22T07:00:00Z')
    const told = digests().map(textOf)
    expect(told).toHaveLength(2)
    expect(told[0]).toContain('Digest tagged')
    expect(told[0]).toContain('Scale search')
    expect(told[0]).not.toContain('reports')
    expect(told[1]).toContain('Digest owned')
    expect(told[1]).toContain('Scale reports')
    expect(told[1]).not.toContain('search')
    const mine = await world.type('digest preview tagged', { user: 'U0SECOND' })
    expect(mine).toContain('nothing new')
    expect(mine).not.toContain('Scale search')
  })
})

test('two digests that are due in one minute are both posted, also when one of them cannot be', async () => {
  await begin(
    '2026-11-22T06:50:00Z',
    { ...WAITING, name: 'a', channel: 'C0NOWHERE' },
    { ...WAITING, name: 'b' },
    { ...WAITING, name: 'c', channel: 'C0APPROVALS' },
  )
  await world.type('scale prod.us-east-1/web/search 9')
  await askAt('2026-11-22T07:00:00Z')
  expect(digests().map(({ text }) => text.slice(0, 9))).toEqual(['Digest b:'])
  expect(digests('C0APPROVALS').map(({ text }) => text.slice(0, 9))).toEqual(['Digest a ', 'Digest c:'])
})

test('an unknown name is refused with those that there are', async () => {
  await begin('2026-11-22T06:50:00Z', { name: 'orders' }, { name: 'ops' })
  expect(await world.type('digest preview order')).toMatchInlineSnapshot(`
    "No digest is named order.

    Digests: orders, ops.
    [orders] [ops]"
  `)
  await world.publish(EXAMPLE.replace(/digests:\n( .*\n)+/, ''))
  expect(await world.type('digest list')).toContain('There are no digests.')
})

describe('what AWS tells', () => {
  const TO = '2026-11-24T07:00:00Z'
  const thread = () => {
    const ts = digests().at(-1)?.ts
    return messages().filter(message => message.thread_ts === ts && message.ts !== ts)
  }
  beforeEach(async () => {
    await begin('2026-11-22T07:30:00Z', {})
    await pass(Date.parse(TO) - world.clock.now() - 600_000, world)
    await world.publish(withDigests({ cron: '0 8 ? * TUE,THU *' }))
    await world.recur('digest')
    advise('orders-api', { cpu: 12, memory: 20 })
  })

  test('each topic has its first lines, and the thread has all; the next one tells what is new or changed', async () => {
    world.autoscaling.register({ account: '111122223333', region: 'us-east-1' }, 'service/web/checkout', {
      ...{ min: 4, max: 10, suspended: { DynamicScalingInSuspended: true } },
    })
    await world.type('scale prod.us-east-1/web/search 6 --break-glass --reason "incident 812"')
    await askAt(TO)
    expect(last()).toMatchInlineSnapshot(`
      "Digest ops: 1 emergency change, 1 suspension, 30 findings, 5 savings of about $224 a month
      Emergency changes to review

      • prod.us-east-1/web/search: requester ran scale prod.us-east-1/web/search 6 without approval, 2026-11-24 06:50 UTC: done
      [Open search]
      Autoscaling suspended without an end

      • prod.us-east-1/web/checkout: autoscaling suspended without an end: scale-in
      [Resume checkout]
      Unsafe or fragile settings

      • prod.us-east-1/web/payments-api: A running image has critical vulnerabilities (critical, critical-faults)
      • prod.eu-west-1/web/checkout: A container can write to its root file system (high, ECS.5)
      • prod.eu-west-1/web/search: A container can write to its root file system (high, ECS.5)
      • and 27 more, in the thread
      [Check payments-api] [Check checkout] [Check search]
      Could cost less

      • prod.us-east-1/web/orders-api: 1 vCPU, 2 GB → 0.25 vCPU, 1 GB, saves about $102 a month, risk: low, owner orders
      • prod.eu-west-1/web/checkout: 1 vCPU, 2 GB → 0.5 vCPU, 1 GB, saves about $54.06 a month, risk: low, owner checkout
      • prod.us-east-1/jobs/recommendations: 0.5 vCPU, 1 GB → 0.25 vCPU, 0.5 GB, saves about $36.04 a month, risk: low, owner recommendations
      • and 2 more, in the thread
      [Cost of orders-api] [Cost of checkout] [Cost of recommendations]
      About 22 services. The first digest here shows all.
      staging (444455556666): not opted in to Compute Optimizer. An administrator opts in: aws compute-optimizer update-enrollment-status --status Active"
    `)
    const lines = thread().map(textOf).join('\n')
    expect(lines.split('\n').filter(line => line.startsWith('•')).length).toBeGreaterThan(25)
    advise('reports', { cpu: 0.4, memory: 0.6 })
    await askAt('2026-11-26T07:00:00Z')
    expect(last()).toMatchInlineSnapshot(`
      "Digest ops: 1 saving of about $18.02 a month
      Could cost less

      • Changed: prod.us-east-1/web/reports: Idle: CPU peak 0.4 %, saves about $18.02 a month, risk: check its use, owner reports
      [Cost of reports]
      About 22 services.
      Unchanged, and not shown again: 1 emergency change, 1 suspension, 30 findings, 3 savings
      staging (444455556666): not opted in to Compute Optimizer. An administrator opts in: aws compute-optimizer update-enrollment-status --status Active"
    `)
    expect(thread()).toEqual([])
    await askAt('2026-12-01T06:50:00Z')
    await world.type('scale prod.us-east-1/web/search 9')
    await askAt('2026-12-01T07:00:00Z')
    expect(thread().flatMap(({ files = [] }) => files.map(({ title }) => title))).toEqual([
      'Digest ops: open and new lines',
      'Digest ops: savings that nobody has taken',
    ])
  })

  test('a region that fails is named once, and the rest is told; what it told before is not new again', async () => {
    await askAt(TO)
    expect(last()).toContain('prod.us-east-1/web/orders-api: 1 vCPU, 2 GB → 0.25 vCPU, 1 GB')
    world.aws.faults.add({
      match: { service: 'compute-optimizer', region: 'us-east-1', account: '111122223333' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 100,
    })
    await askAt('2026-11-26T06:50:00Z')
    await world.type('scale prod.us-east-1/web/search 9')
    await askAt('2026-11-26T07:00:00Z')
    expect(last()).toMatch(/^Digest ops: 1 request waits\n/)
    expect(last()).toContain('Incomplete: one read failed.')
    expect(last()).toContain('Unavailable: reading Compute Optimizer in prod, us-east-1: AWS denied it')
    const count = digests().length
    await askAt('2026-12-01T07:00:00Z')
    expect(digests()).toHaveLength(count)
    world.aws.faults.clear()
    await askAt('2026-12-03T07:00:00Z')
    expect(digests()).toHaveLength(count)
  })

  test('a preview has what its asker may view, with all lines as a file', async () => {
    const text = await world.type('digest preview ops')
    expect(text).toMatch(/^Preview of digest ops: /)
    expect(text).toContain('Only you see this: the services that you may view. Next due 2026-11-24 07:00 UTC.')
    expect(digests()).toEqual([])
    expect(await world.type('digest preview ops --full')).toContain('digest-ops.txt')
    await askAt(TO)
    expect(digests()).toHaveLength(1)
    expect(await world.type('digest preview ops')).toMatch(/^Preview of digest ops: nothing new/)
  })
})
