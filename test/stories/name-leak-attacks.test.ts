// Attempts to learn the names of services that one may not view: from a change set, the App Home, why and cost.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/slack/types.ts'
import { ENDED } from '../world/ends.ts'
import { setCard as cardOfSet, fleetOf } from './fleet-of.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.publish(EXAMPLE)
})
afterEach(() => world.stop())

/** One approval is enough for all sets here. */
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8')).replace('atLeast: 50', 'atLeast: 500')
const withAccess = (rule: string) => EXAMPLE.replace('access:\n', `access:\n  - ${rule}\n`)
const BLIND = '{ who: [U0SECOND], deny: viewer, targets: web/payments-api }'

const tagged = async (names: readonly string[]) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}
const setCard = (): string => cardOfSet(world)
const home = async (user: string) => {
  await world.slack.deliver.openHome(user)
  await world.quiet()
  return textOf({ text: '', blocks: world.slack.workspace.home(user)?.blocks } as unknown as Message)
}

describe('the list of a set with more than five services', () => {
  const files = () => world.replies().flatMap(({ files: all = [] }) => all)
  const thread = () => world.replies().map(textOf).join('\n')

  test.each([
    ['somebody may not view one of them', withAccess('{ who: [U0SECOND], deny: viewer, targets: fleet-1/billing-* }')],
    [
      'only some people may view them',
      EXAMPLE.replace('- who: [everyone]\n    role: viewer', '- who: [S0OPS]\n    role: viewer'),
    ],
  ])('is no file where %s, but a button that asks for the right', async (_, yaml) => {
    await fleetOf(45, world)
    await world.publish(yaml)
    await world.type('restart cluster:fleet-1')
    expect(setCard()).toContain('Restart 45 services')
    expect(files()).toEqual([])
    expect(thread()).toBe(
      'Details lists the 45 services of this request for people who may view each of them.\n[Details]',
    )
    const details = await world.details('U0APPROVE')
    expect(details.match(/fleet-1\//g)?.length).toBeGreaterThanOrEqual(45)
  })

  test('is no file where somebody may not view what is left out; Details names that to those who may', async () => {
    const services = await fleetOf(8, world)
    const [first] = services
    if (first === undefined) throw new Error('no service')
    first.desired = 0
    world.fleet.touch(first)
    await world.publish(withAccess(`{ who: [U0SECOND], deny: viewer, targets: fleet-1/${first.name} }`))
    await world.type('restart cluster:fleet-1')
    expect(files()).toEqual([])
    expect(await world.details('U0APPROVE')).toContain(
      `Left out: prod.us-east-1/fleet-1/${first.name}. It runs no task.`,
    )
    const details = await world.details('U0SECOND')
    expect(details).toContain('Left out: 1 more, which you may not view')
    expect(details).not.toContain(first.name)
  })

  test('a set of which one service is left does not name the others to those who may not view them', async () => {
    await tagged(['web/orders-api', 'web/payments-api'])
    const empty = world.service('web/payments-api')
    empty.desired = 0
    world.fleet.touch(empty)
    await world.publish(withAccess(BLIND))
    await world.type('restart tag:team=shop')
    expect(world.card()).toContain('Restart orders-api')
    const shown = `${world.card()}${await world.details('U0SECOND')}`
    expect(shown).toContain('1 others are left out')
    expect(shown).not.toContain('payments-api')
  })
})

describe('the App Home', () => {
  test('shows a set only to those who may view each of its services, and names none of them', async () => {
    await tagged(['web/orders-api', 'web/payments-api', 'web/search'])
    await world.type('restart tag:team=shop')
    const seen = await home('U0SECOND')
    expect(seen).toContain('Restart 3 services tagged team=shop\nprod · us-east-1 · web: requested by requester')
    expect(seen).not.toMatch(/web\/(?:orders-api|payments-api|search)/)
    await world.publish(withAccess(BLIND))
    expect(await home('U0SECOND')).toContain('No request is waiting for your approval')
    expect(await home('U0APPROVE')).toContain('Restart 3 services')
  })

  test('does not name the service of one’s temporary change once one may not view it', async () => {
    await world.type('scale web/payments-api 6 --for 2h')
    await world.click('approve')
    await world.until(() => world.card().includes('Temporary'))
    expect(await home('U0REQUEST')).toContain('web/payments-api')
    await world.publish(withAccess(BLIND.replace('U0SECOND', 'U0REQUEST')))
    expect(await home('U0REQUEST')).not.toContain('payments-api')
  })
})

describe('why', () => {
  test('names no other service of a change set, also one that failed', async () => {
    await tagged(['web/orders-api', 'web/payments-api', 'web/search'])
    world.fleet.knobs.failService(world.service('web/payments-api').arn, 'exit1')
    await world.type('restart tag:team=shop')
    await world.click('approve')
    await world.until(() => ENDED.test(setCard()))
    await world.publish(withAccess(BLIND))
    for (const line of ['why orders-api --all', 'audit orders-api']) {
      const told = await world.type(line, { user: 'U0SECOND' })
      expect(told).not.toContain('payments-api')
    }
  })

  test('names no other service of a change set that was out of date', async () => {
    await tagged(['web/orders-api', 'web/search'])
    await world.type('restart tag:team=shop')
    await tagged(['web/payments-api'])
    await world.click('approve')
    await world.until(() => ENDED.test(setCard()))
    expect(setCard()).toContain('• services: 1 added, 0 removed')
    expect(setCard()).not.toContain('payments-api')
    await world.publish(withAccess(BLIND))
    for (const line of ['why orders-api --all', 'audit orders-api']) {
      const told = await world.type(line, { user: 'U0SECOND' })
      expect(told).not.toContain('payments-api')
    }
  })

  test('tells an alarm of several services without the others', async () => {
    const at = new Date(world.clock.now() - 60_000).toISOString()
    const services = ['web/search', 'web/payments-api']
    const signal = { kind: 'alarm', name: 'shop-5xx', reason: 'Threshold Crossed', state: 'ALARM', at, services }
    await world.store().create({ pk: 'signals#111122223333#us-east-1', sk: at }, signal)
    await world.publish(withAccess(BLIND))
    const told = await world.type('why prod.us-east-1/web/search', { user: 'U0SECOND' })
    expect(told).toContain('shop-5xx')
    expect(told).not.toContain('payments-api')
  })
})

describe('cost', () => {
  const WEB = 'cost prod.us-east-1/web'
  const LINES = ['cost', 'cost prod', WEB, `${WEB} --only rightsizing`, `${WEB} --only spot`, 'cost --csv']
  const HIDDEN = /catalog-api/

  const files = () => {
    const { workspace } = world.slack
    const sent = workspace.messages(workspace.openDm('U0SECOND').id).flatMap(({ files: all = [] }) => all)
    return sent.map(({ id }) => workspace.files.get(id)?.content.toString() ?? '')
  }

  test('lists only services that one may view, in every form', async () => {
    await world.recur('index')
    const ask = (line: string) => world.type(line, { user: 'U0SECOND' })
    expect(await ask('cost')).toMatch(HIDDEN)
    await ask('cost --csv')
    expect(files().at(-1)).toMatch(HIDDEN)
    const before = files().length
    await world.publish(withAccess(BLIND.replace('payments-api', 'catalog-api')))
    for (const line of LINES) {
      const told = await ask(line)
      expect(told, line).toMatch(/services|in your direct messages/)
      expect(told, line).not.toMatch(HIDDEN)
    }
    expect(files().slice(before).join()).toContain('account_id')
    expect(files().slice(before).join()).not.toMatch(HIDDEN)
    const unseen = await ask('cost web/catalog-api')
    expect(unseen.replaceAll('catalog-api', '…')).toBe(
      (await ask('cost web/nothing-api')).replaceAll('nothing-api', '…'),
    )
  })
})
