// Teams: who operates and approves a service is decided afresh at each vote and before the change runs.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
/** `orders-api` is of the team that is given; its members approve. */
const withTeams = (owner: 'orders' | 'shop', owned = '*/orders-*'): string => {
  const services = (name: string): string => (name === owner ? `'${owned}', '*/${name}'` : `'*/${name}'`)
  return EXAMPLE.replace(
    '\naccess:',
    `\nteams:
  orders: { group: S0OPS, services: [${services('orders')}] }
  shop: { group: S0ONCALL, channel: C0APPROVALS, services: [${services('shop')}] }
\naccess:`,
  ).replace('approvers: [operators]', 'approvers: [team]')
}

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.publish(withTeams('orders'))
})
afterEach(() => world.stop())

test('people of the team approve its services', async () => {
  await world.type('scale orders-api 6')
  expect(world.card()).toContain('Needs 1: @S0OPS, not @requester')
  await world.click('approve')
  await world.until(() => world.card().includes('✅ Done'))
  expect(world.desired()).toBe(6)
})

test('a service that moves to another team while a request waits: the vote of the former team does not count', async () => {
  await world.type('scale orders-api 6')
  await world.publish(withTeams('shop'))
  await world.click('approve')
  await world.until(() => world.card().includes('Out of date'))
  expect(world.calls('UpdateService')).toEqual([])
})

test('a service that is of no team any more while a request waits is not changed', async () => {
  await world.type('scale orders-api 6')
  await world.publish(withTeams('orders', '*/others-*'))
  await world.click('approve')
  await world.until(() => world.card().includes('Out of date'))
  expect(world.calls('UpdateService')).toEqual([])
})

test('`team:` is all services of a team, for those who may see them', async () => {
  await world.type('restart team:orders --reason "new certificates"')
  expect(world.card()).toMatch(/services? of the team orders/)
  expect(await world.type('restart team:nobody --reason x')).toContain(
    'No service that you may view is of the team nobody',
  )
})

test('whoami names the team', async () => {
  await world.publish(withTeams('shop'))
  expect(await world.type('whoami')).toContain('You are in the team shop.')
})
