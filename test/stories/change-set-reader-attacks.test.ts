// Attempts to learn of a change set, or of one of its services, from the request of the other.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { moveToSpot, setCard } from './fleet-of.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const MINUTE = 60_000
const ORDERS = 'web/orders-api'
const SET = 'restart tag:team=shop'
const OUTSIDER = 'U0OUTSIDE'
const EXAMPLE = (await readFile('quarterdeck.yaml', 'utf8'))
  .replace('people:\n', 'people:\n  U0OUTSIDE: outsider@example.com\n')
  .replace('- who: [everyone]\n    role: viewer', '- who: [U0REQUEST, U0APPROVE, U0SECOND]\n    role: viewer')
/** The outsider sees these services alone. */
const seeing = (targets: string, yaml = EXAMPLE) =>
  yaml.replace('access:\n', `access:\n  - { who: [${OUTSIDER}], role: viewer, targets: [${targets}] }\n`)

const tagged = async (names: readonly string[] = [ORDERS, 'web/search', 'web/payments-api']) => {
  for (const name of names) world.service(name).tags['team'] = 'shop'
  await world.recur('index')
}
const alarmed = () => {
  const service = world.service()
  const alarm = world.autoscaling.putAlarm(service.cluster, {
    AlarmName: 'orders-5xx',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/orders/6d0ecf831eec9f09' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  const { deploymentConfiguration } = service
  Object.assign(service, {
    deploymentConfiguration: {
      ...deploymentConfiguration,
      alarms: { alarmNames: ['orders-5xx'], enable: true, rollback: true },
    },
  })
  return alarm
}

type Message = ReturnType<StoryWorld['cards']>[number]

/** The dialog of a card, as one person sees it. */
const opened = async (user: string, message: Message | undefined): Promise<string> => {
  type Choice = { readonly value?: string; readonly action_id?: string; readonly options?: readonly Choice[] }
  const blocks = (message?.blocks ?? []) as readonly { readonly elements?: readonly Choice[] }[]
  const choices = blocks.flatMap(({ elements = [] }) => elements)
  const spot = { user, channel: message?.channel ?? '', ts: message?.ts ?? '' }
  const value = choices.flatMap(({ options = [] }) => options).find(one => one.value?.startsWith('details '))?.value
  const isButton = choices.some(one => one.action_id === 'card:open')
  await world.slack.deliver.click(
    isButton || value === undefined ? { ...spot, actionId: 'card:open' } : { ...spot, actionId: 'card:menu', value },
  )
  await world.quiet()
  const text = textOf({ text: '', blocks: world.slack.workspace.views(user).at(-1)?.view.blocks ?? [] } as never)
  await world.slack.deliver.close({ user })
  return text
}

describe('the dialog of one service', () => {
  test('shows neither the state nor the title of a set whose services its reader may not all see', async () => {
    await tagged()
    await world.publish(seeing(ORDERS))
    await world.type(SET)
    await world.type('scale orders-api 5')
    const [set, one] = world.cards()
    await pass(10 * MINUTE, world)
    expect(await opened('U0APPROVE', set)).toContain('Now: all tasks run, 12 tasks')
    expect(await opened(OUTSIDER, set)).toContain('You may not see this request')
    const seen = await opened(OUTSIDER, one)
    expect(seen).toContain('Now: healthy, 4 tasks')
    expect(seen).toContain('Open request on this service and on others, by requester.')
    expect(seen).not.toContain('shop')
  })

  test('shows an alarm, also right after its requester opened a set', async () => {
    await tagged()
    const alarm = alarmed()
    await world.type(SET)
    await world.type('scale orders-api 0')
    const [set, one] = world.cards()
    await pass(10 * MINUTE, world)
    world.autoscaling.setAlarmState(alarm, 'ALARM', 'set by the test')
    await opened('U0REQUEST', set)
    expect(await opened('U0APPROVE', one)).toContain('1 in ALARM: orders-5xx')
  })
})

test('the dialog of a set shows the state of the set, also right after that of one service', async () => {
  await tagged()
  await world.type(SET)
  await world.type('scale orders-api 5')
  const [set, one] = world.cards()
  await pass(10 * MINUTE, world)
  await opened('U0APPROVE', one)
  expect(await opened('U0SECOND', set)).toContain('Now: all tasks run, 12 tasks')
})

describe('other activity', () => {
  test('on any service of a set is on its card, and the set on the card of each', async () => {
    await tagged()
    expect(await world.type('scale prod.us-east-1/web/search 6')).toBe('')
    expect(await world.type('scale prod.us-east-1/web/payments-api 4')).toBe('')
    await world.type(SET)
    const [set] = world.cards().slice(-1)
    expect(textOf(set)).toContain('2 other open requests on these services')
    const seen = await opened('U0APPROVE', set)
    expect(seen).toContain('Open request on prod.us-east-1/web/search: “Scale search')
    expect(seen).toContain('Open request on prod.us-east-1/web/payments-api: “Scale payments-api')
    await world.type('scale prod.us-east-1/web/payments-api 5')
    expect(await opened('U0APPROVE', world.cards().at(-1))).toContain('Open request on this service and on others')
  })

  test('the temporary changes of its services are in the dialog of a set', async () => {
    moveToSpot(['web/search'], world)
    await tagged()
    await pass(10 * MINUTE, world)
    await world.type('capacity escape prod.us-east-1/web/search --for 2h')
    await world.click('approve')
    await world.until(() => world.card().includes('Revert Now'))
    await world.type(SET)
    expect(await opened('U0APPROVE', world.cards().at(-1))).toContain('Temporary change on prod.us-east-1/web/search: ')
  })
})

test('the audit of a service does not name a set, whose records are for those who may see all of it', async () => {
  await tagged()
  await world.publish(seeing(ORDERS))
  await world.type(`${SET} --reason "leak"`)
  await world.click('approve')
  await world.until(() => ENDED.test(setCard(world)))
  const audit = 'audit prod.us-east-1/web/orders-api'
  expect(await world.type(audit, { user: OUTSIDER })).toContain('restart prod.us-east-1/web/orders-api')
  expect(await world.type(audit, { user: OUTSIDER })).not.toContain('tag:')
  expect(await world.type('why prod.us-east-1/web/orders-api', { user: OUTSIDER })).not.toContain('tag:')
  const [set] = await world.audit('111122223333')
  expect(set).toMatchObject({ invocation: SET, target: 'tag:team=shop' })
  expect(await world.type(`audit ${set?.operation}`, { user: OUTSIDER })).toContain('No audit records about')
  expect(await world.type(`audit ${set?.operation}`, { user: 'U0APPROVE' })).toContain(SET)
})

test('where nobody may approve all services of a set, one of which is free, it is refused', async () => {
  await tagged()
  const rules = `approvals:
  - { when: { targets: [web/search] }, approvals: 1, approvers: [${OUTSIDER}] }
  - { when: { targets: [web/orders-api, web/payments-api] }, approvals: 0 }\n`
  await world.publish(seeing('web/search', EXAMPLE).replace('approvals:\n', rules))
  expect(await world.type(SET)).toContain('This needs 1 people who may approve each of the 3 services, and 0 can now')
  expect(world.cards()).toEqual([])
})

test('the dialog of a set names a service that is left out, and its lock, to those who may view that service alone', async () => {
  const THREE = 'web/orders-api, web/search, web/payments-api'
  await tagged([...THREE.split(', '), 'web/reports'])
  await world.publish(seeing(THREE))
  await world.type('lock prod.us-east-1/web/reports --reason "being investigated for fraud"', { user: 'U0SECOND' })
  await world.type(SET)
  const card = world.cards().findLast(one => textOf(one).includes('3 services'))
  expect(await opened('U0APPROVE', card)).toContain('being investigated for fraud')
  const seen = await opened(OUTSIDER, card)
  expect(seen).toContain('prod.us-east-1/web/search: 5 tasks')
  expect(seen).not.toContain('fraud')
  expect(seen).not.toContain('web/reports')
})
