// Where slash commands do not work: mentions, also in threads, and the App Home.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../../sandbox/slack/types.ts'
import { aWorld, ORDERS, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  await world.recur('index')
})
afterAll(() => world.stop())
beforeEach(() => world.clock.advance(60_000))

const user = 'U0REQUEST'
const mention = async (text: string, threadTs?: string) => {
  await world.slack.deliver.mention({ user, channel: 'C0OPS', text, ...(threadTs !== undefined && { threadTs }) })
  await world.quiet()
  return world.told(user)
}
const home = async (who: string) => {
  await world.slack.deliver.openHome(who)
  await world.quiet()
  const blocks = world.slack.workspace.home(who)?.blocks
  return textOf({ text: '', blocks } as unknown as Message)
}
const said = (method: string) => JSON.stringify(world.slack.calls.findLast(call => call.method === method))

describe('a mention', () => {
  test('is a command, answered to whoever wrote it', async () => {
    expect(await mention('status orders-api')).toContain('orders-api is healthy and steady')
    expect(await mention('/ecs status orders-api')).toContain('orders-api is healthy and steady')
  })

  test('in a thread is answered there', async () => {
    const { message } = await world.slack.deliver.post({ user, channel: 'C0OPS', text: 'slow again' })
    expect(await mention('status orders-api', message.ts)).toContain('orders-api is healthy and steady')
    expect(said('chat.postEphemeral')).toContain(message.ts)
  })

  test('of nothing asks for help, and what is wrong is said', async () => {
    expect(await mention('')).toContain('Quarterdeck operates Amazon ECS')
    expect(await mention('scale orders-api many')).toContain('many is not a number of tasks.')
  })

  test('that is delivered again starts nothing twice', async () => {
    const before = world.durable.executions.size
    await world.slack.deliver.mention({ user, channel: 'C0OPS', text: 'scale orders-api 5' }, { twice: true })
    await world.quiet()
    expect(world.durable.executions.size).toBe(before + 1)
    expect(world.card()).toContain('4 → 5')
    expect(world.card()).toContain('· @requester')
  })
})

describe('the App Home', () => {
  test('shows approvers what waits for them, and whoever asked what they wait for', async () => {
    const mine = await home('U0APPROVE')
    expect(mine).toContain('Waiting for your approval\nScale orders-api 4 → 5')
    expect(mine).not.toContain('Your open requests')
    const own = await home(user)
    expect(own).toContain('No request is waiting for your approval.')
    expect(own).toContain('Your open requests\nScale orders-api 4 → 5')
    expect(JSON.stringify(world.slack.workspace.home('U0APPROVE')?.blocks)).toContain('"type":"link"')
  })

  test('once decided it waits for nobody', async () => {
    await world.click('approve')
    expect(await home('U0APPROVE')).toContain('No request is waiting for your approval.')
    await world.until(() => world.card().includes('✅ Done'))
  })

  test.each([
    ['archived', { method: 'chat.postMessage', effect: { kind: 'error', error: 'is_archived' }, times: 3 }],
    ['silent for long', { method: 'chat.postMessage', effect: { kind: 'status', status: 500 }, times: 100 }],
  ] as const)('what could not be posted as Slack’s channels were %s waits for nobody', async (_, fault) => {
    world.slack.faults.add(fault)
    await world.type('scale orders-api 7')
    await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
    world.slack.faults.clear()
    expect(await home('U0APPROVE')).toContain('No request is waiting for your approval.')
    expect(world.cards().map(textOf).join('\n')).not.toContain('to 7')
  })

  test('shows leases with their buttons', async () => {
    await world.type(`scale ${ORDERS} 8 --for 2h`)
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    const text = await home(user)
    expect(text).toContain('by requester')
    expect(text).toContain('[Revert Now]')
    expect(await home('U0APPROVE')).toContain('You have no temporary changes.')
  })

  test('shows the favourites of one’s own conversation, and how they are', async () => {
    const dm = world.slack.workspace.openDm(user).id
    await world.type('here set --favourites orders-api,jobs/recommendations', { channel: dm })
    const text = await home(user)
    expect(text).toContain('prod.us-east-1/web/orders-api is steady')
    expect(text).toContain('prod.us-east-1/jobs/recommendations')
    expect(text).toContain('[Status] [Logs]')
    const view = world.slack.workspace.home(user)
    await world.slack.deliver.click({ user, viewId: view?.id ?? '', label: 'Status' })
    await world.quiet()
    expect(world.slack.workspace.history(dm).map(textOf)).toContainEqual(
      expect.stringContaining('orders-api is healthy and steady'),
    )
  })

  test('a button there that could not be passed on says so in one’s own conversation', async () => {
    await home(user)
    world.aws.faults.add({
      match: { service: 'lambda', function: 'quarterdeck-slack' },
      when: 'before',
      effect: { kind: 'error', code: 'ServiceException', message: 'no', status: 500 },
      times: 10,
    })
    const view = world.slack.workspace.home(user)
    await world.slack.deliver.click({ user, viewId: view?.id ?? '', label: 'Status' })
    await world.quiet()
    world.aws.faults.clear()
    const dm = world.slack.workspace.openDm(user).id
    expect(textOf(world.slack.workspace.history(dm).at(-1))).toContain('Request failed; nothing was changed')
  })

  test('says why there is nothing for somebody whom no rule knows', async () => {
    expect(await home('U0OUTSIDE')).toContain('not in Quarterdeck’s configuration')
  })
})
