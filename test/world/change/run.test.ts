// /ecs stop and /ecs run against the sandbox, through the built handlers: as whom the calls are made, and that a lost answer or
// a kill starts no second task.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())
afterEach(() => world.aws.faults.clear())

const over = () => world.until(() => ENDED.test(world.card()))
const standalone = () => [...world.service().cluster.tasks.values()].filter(one => one.service === undefined)
const asked = async (line: string) => {
  await world.type(line)
  await world.click('approve')
  await over()
}

test('stop: one call on the operator role, in a session for that task; its service starts another', async () => {
  const [task] = world.service().tasks
  await asked(`stop orders-api --task ${task?.id} --reason "hangs"`)
  expect(world.card()).toContain('✅ Done · prod · Stopped task')
  const calls = world.calls('StopTask')
  expect(calls).toHaveLength(1)
  expect(calls[0]?.arn).toContain('assumed-role/quarterdeck-operator/U0REQUEST-')
  expect(task?.stoppedReason).toBe('Stopped with Quarterdeck by requester@example.com: hangs')
})

describe('run', () => {
  test('one call on the deployer role, which passes the roles; the thread has the lines', async () => {
    await asked('run orders-api:app --reason "PAY-311" -- ./migrate up')
    expect(world.card()).toContain('✅ Done · prod · Ran a command in a new task of orders-api')
    const calls = world.calls('RunTask')
    expect(calls).toHaveLength(1)
    expect(calls[0]?.arn).toContain('assumed-role/quarterdeck-deployer/U0REQUEST-')
    expect(standalone()).toHaveLength(1)
    expect(world.replies().map(textOf).join('\n')).toContain('listening on :8080')
  })

  test.each([
    ['its answer is lost', 'after', 'drop'],
    ['the function is killed before the call', 'before', 'kill'],
    ['the function is killed after the call', 'after', 'kill'],
  ] as const)('where %s, the same task is found again', async (_, when, kind) => {
    const [tasks, calls] = [standalone().length, world.calls('RunTask').length]
    world.aws.faults.add({ match: { function: 'quarterdeck-operation', action: 'RunTask' }, when, effect: { kind } })
    await asked('run orders-api:app --reason "PAY-311" -- ./migrate up')
    expect(world.card()).toContain('✅ Done')
    expect(standalone()).toHaveLength(tasks + 1)
    expect(world.calls('RunTask').length).toBeGreaterThan(calls)
  })

  test('without the right to pass the roles, no task starts', async () => {
    const tasks = standalone().length
    world.aws.faults.add({
      match: { function: 'quarterdeck-operation', action: 'RunTask' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized to perform: iam:PassRole' },
    })
    await asked('run orders-api:app --reason "PAY-311" -- ./migrate up')
    expect(world.card()).toContain('❌ Failed')
    expect(standalone()).toHaveLength(tasks)
  })

  test('Stop ends the task on the operator role', async () => {
    await world.type('run orders-api:app --reason "PAY-311" -- sleep 7200')
    await world.click('approve')
    await world.until(() => world.card().includes('runs'))
    await world.press('Stop')
    await over()
    expect(world.card()).toContain('Stopped by requester')
    expect(world.calls('StopTask').at(-1)?.arn).toContain('assumed-role/quarterdeck-operator/U0REQUEST-')
  })
})
