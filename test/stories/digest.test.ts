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
  await world.recur('digest')
}
const messages = (channel = 'C0OPS') => world.slack.workspace.messages(channel)
const digests = (channel?: string) =>
  messages(channel).filter(({ bot_id, text, thread_ts }) => bot_id !== undefined && thread_ts === undefined && /^Digest /.test(text))
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
      22 services; the first digest here tells all"
    `)
    await world.press('Open search', 'U0APPROVE', 'C0OPS')
    expect(textOf(world.slack.workspace.views('U0APPROVE').at(-1)?.view as never)).toContain('Scale search 5 → 9')
    await world.type('scale prod.us-east-1/web/reports 2')
    await askAt('2026-11-23T07:00:00Z')
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
      22 services; the first digest here tells all"
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
