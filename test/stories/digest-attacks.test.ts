// Attempts to learn from digests what one may not see.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const MINUTE = 60_000
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8')).replace('atLeast: 50', 'atLeast: 500')
const withAccess = (rule: string, yaml = EXAMPLE) => yaml.replace('access:\n', `access:\n  - ${rule}\n`)
const BLIND = '{ who: [U0SECOND], deny: viewer, targets: web/payments-api }'
const NO_STAGING = '{ who: [U0SECOND], deny: viewer, accounts: staging }'
const withDigest = (more: string, yaml = EXAMPLE) =>
  yaml.replace(
    /digests:\n( .*\n)+/,
    `digests:\n  - { name: ops, channel: C0OPS, cron: "cron(0 8 * * ? *)", zone: Europe/Berlin, ${more} }\n`,
  )

let world: StoryWorld
beforeEach(async () => {
  world = await aStory({ start: Date.parse('2026-11-22T03:00:00Z') })
  await world.publish(EXAMPLE)
  await pass(10 * MINUTE, world)
  await world.recur('index')
})
afterEach(() => world.stop())

const tagged = async (names: readonly string[]) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}

describe('a digest', () => {
  test('tells a request for several services only to those who may view each', async () => {
    await tagged(['web/orders-api', 'web/payments-api'])
    await world.publish(withDigest('what: [waiting]'))
    await world.type('restart tag:team=shop')
    expect(await world.type('digest preview ops', { user: 'U0SECOND' })).toContain('Restart 2 services')
    await world.publish(withAccess(BLIND, withDigest('what: [waiting]')))
    const seen = await world.type('digest preview ops', { user: 'U0SECOND' })
    expect(seen).not.toContain('Restart 2 services')
  })

  test('of places that one may not see does not exist', async () => {
    await world.publish(withAccess(NO_STAGING, withDigest('places: [staging]')))
    expect(await world.type('digest list', { user: 'U0APPROVE' })).toContain('staging')
    expect(await world.type('digest list', { user: 'U0SECOND' })).toContain('There are no digests.')
    expect(await world.type('digest preview ops', { user: 'U0SECOND' })).toContain('There are no digests.')
    await world.publish(withAccess(NO_STAGING, withDigest('places: [staging, prod]')))
    const listed = await world.type('digest list', { user: 'U0SECOND' })
    expect(listed).toContain('places prod')
    expect(listed).not.toContain('staging')
  })
})
