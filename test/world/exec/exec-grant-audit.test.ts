// The end of a grant takes back what was given: the audit knows of each of its calls before AWS does, whoever dies meanwhile.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { containersOf } from '../../../sandbox/ssm/container.ts'
import type { Task } from '../../../sandbox/world/state.ts'
import { verifyChain } from '../../../src/engine/audit/audit.ts'
import { pass } from '../driving.ts'
import { aWorld, type World } from '../world.ts'

const ACCOUNT = '111122223333'
const WHOLE = [
  'intent',
  'done',
  'ended before its time',
  'at its end: UntagResource',
  'at its end: TerminateSession',
  'reverted',
]

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
})
afterEach(async () => {
  world.aws.faults.clear()
  // Slack's and AWS's limits are per minute.
  await pass(60_000, world)
  expect(verifyChain(await world.audit(ACCOUNT))).toEqual([])
})
afterAll(() => world.stop())

const opens = () => world.aws.exec.sessions.list().filter(({ endedAt }) => endedAt === undefined)
const isGranted = ({ tags }: Task) => Object.keys(tags).some(key => key.startsWith('quarterdeck:'))
const calls = (action: string) => world.calls(action).length

/** Somebody is let in, and is in. */
const entered = async (): Promise<Task> => {
  await world.type('exec orders-api:app --interactive --for 30m --reason "heap looks odd"')
  const [, id = ''] = /--task (\w{32})/.exec(await world.details()) ?? []
  await world.click('approve')
  const task = [...world.service().tasks].find(one => one.id === id)
  const container = task && containersOf(task).find(({ name }) => name === 'app')
  if (task === undefined || container === undefined) throw new Error('no task')
  world.aws.exec.start(container, 'sleep 600', localUser)
  expect([isGranted(task), opens().length]).toEqual([true, 1])
  return task
}

/** What the audit has of the last grant, in order. */
const recorded = async () => {
  const chain = await world.audit(ACCOUNT)
  const operation = chain.at(-1)?.operation
  return chain.filter(one => one.operation === operation).map(({ kind, outcome, text }) => outcome ?? text ?? kind)
}

const revoke = async () => {
  const ts = world.cards().at(-1)?.ts ?? ''
  await world.slack.deliver.click({ user: 'U0REQUEST', channel: 'C0OPS', ts, actionId: 'decide:revert' })
}
const isOver = () => world.card().includes('↩️ Reverted')

test.each(['UntagResource', 'TerminateSession'])('%s has not reached AWS when its intent is there', async action => {
  const task = await entered()
  const { id } = world.aws.faults.add({ match: { action }, when: 'before', effect: { kind: 'hold' } })
  await revoke()
  await expect.poll(async () => (await recorded()).at(-1)).toBe(`at its end: ${action}`)
  await expect.poll(() => world.aws.faults.hits(id)).toBe(1)
  expect([isGranted(task), opens().length]).toEqual([action === 'UntagResource', 1])
  world.aws.faults.remove(id)
  await world.until(isOver)
  expect(await recorded()).toEqual(WHOLE)
})

test.each([
  ['UntagResource', 'before', 'kill'],
  ['UntagResource', 'after', 'kill'],
  ['UntagResource', 'after', 'drop'],
  ['TerminateSession', 'before', 'kill'],
  ['TerminateSession', 'after', 'kill'],
  ['TerminateSession', 'after', 'drop'],
] as const)('%s, %s it arrived: %s', async (action, when, kind) => {
  const task = await entered()
  world.aws.faults.add({ match: { function: 'quarterdeck-operation', action }, when, effect: { kind } })
  await revoke()
  await world.until(isOver)
  expect([isGranted(task), opens()]).toEqual([false, []])
  expect(await recorded()).toEqual(WHOLE)
})

test('the task is gone, and its tag went with it: nobody has to look', async () => {
  const task = await entered()
  const gone = { kind: 'error', code: 'InvalidParameterException', message: 'no' } as const
  world.aws.faults.add({ match: { action: 'UntagResource' }, when: 'before', effect: gone })
  await revoke()
  await world.until(isOver)
  expect([opens(), await recorded()]).toEqual([[], WHOLE])
  task.tags = {}
})

test('AWS says no: said loudly, with what to do', async () => {
  const task = await entered()
  const no = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
  world.aws.faults.add({ match: { action: 'UntagResource' }, when: 'before', effect: no })
  await revoke()
  await world.until(() => world.card().includes('⚠️ Unknown'))
  expect(world.card()).toMatch(
    /Access could not be removed: .*AWS denied it .*no\)\. Remove the tag quarterdeck:exec from the task/,
  )
  expect(opens()).toEqual([])
  expect(await recorded()).toEqual([...WHOLE.slice(0, -1), 'unknown'])
  task.tags = {}
})

test('whether another spelling of the tag is left cannot be read: said loudly', async () => {
  const task = await entered()
  const no = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
  const match = { function: 'quarterdeck-operation', action: 'DescribeTasks' }
  world.aws.faults.add({ match, when: 'before', effect: no, times: 99 })
  await revoke()
  await world.until(() => world.card().includes('⚠️ Unknown'))
  expect(world.card()).toMatch(/Access could not be removed: reading the tags of the task: AWS denied it/)
  expect(world.card()).toContain('Remove the tag quarterdeck:exec from the task, in any spelling')
  expect(isGranted(task)).toBe(false)
  for (const session of opens()) world.aws.exec.terminate(session)
})

test('the function dies between an intent and its call: one intent, and the call all the same', async () => {
  const task = await entered()
  const before = calls('UntagResource')
  const { id } = world.aws.faults.add({
    match: { function: 'quarterdeck-operation', action: 'AssumeRole' },
    when: 'before',
    effect: { kind: 'kill' },
  })
  await revoke()
  await world.until(() => world.aws.faults.hits(id) === 1)
  expect((await recorded()).at(-1)).toBe('at its end: UntagResource')
  await world.until(isOver)
  expect([isGranted(task), calls('UntagResource') - before]).toEqual([false, 1])
  expect(await recorded()).toEqual(WHOLE)
})

test('the audit takes nothing: whoever was let in is let out all the same, and that is said', async () => {
  const task = await entered()
  world.aws.faults.add({
    match: { function: 'quarterdeck-operation', service: 'dynamodb', action: 'Query' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 999,
  })
  await revoke()
  await world.until(isOver)
  expect([isGranted(task), opens()]).toEqual([false, []])
  expect(world.card()).toContain('The intent could not be recorded in the audit: tell your administrator')
})
