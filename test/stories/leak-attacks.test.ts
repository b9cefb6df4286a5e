// Attacks that read what a rule hides: the hub's logs, names of accounts, and secrets in reasons.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HUB, pass } from '../world/driving.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const BLIND = '  - { who: [U0OUTSIDE], deny: viewer, accounts: staging }\n'
const publish = (rule: string) =>
  world.publish(
    EXAMPLE.replace('  U0REQUEST:', '  U0OUTSIDE: outside@example.com\n  U0REQUEST:').replace(
      'access:\n',
      `access:\n${rule}`,
    ),
  )
const ask = (line: string) => world.type(line, { user: 'U0OUTSIDE' })

test('the logs of the hub’s functions, which have the audit of all accounts, are read by nobody', async () => {
  await publish(BLIND)
  const group = world.aws.logs.create(HUB, '/aws/lambda/quarterdeck-operation')
  world.aws.logs.append(
    group,
    '2026/11/22/[$LATEST]abc',
    JSON.stringify({ level: 'audit', text: 'the secret project' }),
  )
  for (const line of [
    'logs /aws/lambda/quarterdeck-operation',
    'logs /aws/lambda/quarterdeck-operation --filter secret',
  ])
    for (const user of ['U0OUTSIDE', 'U0REQUEST']) {
      const told = await world.type(line, { user })
      expect(told).not.toContain('the secret project')
      expect(told).toContain('These are Quarterdeck’s own logs')
    }
  expect(await world.type('logs /aws/lambda/quarterdeck-operation --follow 5m', { user: 'U0OUTSIDE' })).toContain(
    'These are Quarterdeck’s own logs',
  )
})

test('an account that one may not see answers as one that does not exist, and is not named', async () => {
  await publish(BLIND)
  for (const account of ['nowhere', 'staging', '444455556666'])
    for (const line of ['services --account', 'exec sessions --account'])
      expect(await ask(`${line} ${account}`)).toBe(`No account is named ${account}.\n\nAccounts: prod.`)
  expect(await ask('logs staging:/aws/nothing')).not.toMatch(/all of staging/)
  await publish('  - { who: [U0OUTSIDE], deny: viewer }\n')
  expect(await ask('logs /aws/nothing')).not.toMatch(/prod|staging/)
})

test('a place that one may not see is not named where it cannot be read', async () => {
  await publish(BLIND)
  world.aws.faults.add({
    match: { service: 'ecs', account: '444455556666' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })
  await world.recur('index')
  for (const line of ['status catalog-api', 'status nothing-here', 'services', 'cost', 'scale tag:team=none 1'])
    expect(await ask(line)).not.toContain('staging')
  expect(await world.type('status nothing-here')).toContain('staging')
})

test('secrets in the reason of a stop are hidden', async () => {
  const [task] = [...world.service().tasks]
  if (task === undefined) throw new Error('no task')
  world.fleet.stopTask(task, 'rotate: password=hunter2hunter2 AKIAIOSFODNN7EXAMPLE')
  await pass(60_000, world)
  for (const line of ['why orders-api', 'tasks orders-api', 'logs orders-api --previous']) {
    await world.type(`${line} --share`)
    expect(world.card()).toContain('rotate')
    expect(world.card()).not.toMatch(/hunter2|AKIAIOSF/)
  }
})

describe('a secret in the reason that a person types', () => {
  const TYPED = 'hunter2hunter2'
  const places = () => [...world.store().raw(), ...world.functions.logs, ...world.cards().map(textOf)].join('\n')

  test.each([
    `lock prod.us-east-1/web/search --reason "password=${TYPED}"`,
    `halt --reason "password=${TYPED}"`,
    `cost snooze prod.us-east-1/web/search --reason "password=${TYPED}"`,
    `scale orders-api 6 --reason "password=${TYPED}"`,
    `scale orders-api nothing --reason "password=${TYPED}"`,
  ])('is neither stored nor logged: %s', async line => {
    await world.type(line)
    expect(places()).not.toContain(TYPED)
  })

  test('does not come back on the card of the line without it', async () => {
    const where = { user: 'U0REQUEST', channel: 'C0OPS' }
    const { message } = await world.slack.deliver.mention({
      ...where,
      text: `scale orders-api +1 --reason "password=${TYPED}"`,
    })
    await world.quiet()
    await world.slack.deliver.edit({ ...where, ts: message.ts, text: '@quarterdeck scale orders-api +2' })
    await world.quiet()
    expect(world.card()).toContain('Its earlier line, scale orders-api +1 --reason "password=‹hidden›"')
    expect(places()).not.toContain(TYPED)
  })
})
