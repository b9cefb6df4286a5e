// Commands in containers: the built functions, a real shell, a real data channel.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../../../src/engine/audit/audit.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.faults.clear()
  // Another minute has updates of its own.
  world.clock.advance(60_000)
  expect(open()).toEqual([])
})

const open = () => world.aws.exec.sessions.list().filter(({ endedAt }) => endedAt === undefined)
const said = () => world.replies().map(textOf).filter(Boolean).at(-1) ?? ''
/** The card of the last command: other things are said in the channel, too. */
const card = () =>
  world
    .cards()
    .map(textOf)
    .findLast(text => / · R[ua]n /.test(text)) ?? ''
const outcomeIn = async (account: string) => (await world.audit(account)).findLast(({ kind }) => kind === 'outcome')
const outcome = () => outcomeIn('111122223333')
/** Typed, approved by somebody else, and over. */
const run = async (command: string, where = 'orders-api:app') => {
  await world.type(`exec ${where} -- ${command}`)
  await world.click('approve')
  return world.card()
}

describe('a command of the configuration', () => {
  test('runs without consent; its output is in the thread, its hash in the audit', async () => {
    await world.type('exec orders-api:app -- env-names')
    expect(world.card()).toContain('Ran env-names in orders-api')
    expect(await world.details()).toContain('cat /proc/$$/environ | tr')
    expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
    expect(said()).toContain('PATH')
    expect((await outcome())?.sessions?.[0]).toMatchObject({
      id: expect.stringMatching(/^ecs-execute-command-/),
      status: 0,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(verifyChain(await world.audit('111122223333'))).toEqual([])
  })

  test('in two sessions of the exec role, each of which can do its part and no more; the token stays where it is', async () => {
    const policies = world
      .calls('AssumeRole')
      .map(({ input }) => input as { RoleArn: string; Policy?: string })
      .filter(({ RoleArn }) => RoleArn.endsWith('/quarterdeck-exec'))
      .map(
        ({ Policy = '{}' }) =>
          JSON.parse(Policy) as { Statement: { Action: string | string[]; Resource: string | string[] }[] },
      )
    const [start, channel] = policies.slice(-2)
    expect(start?.Statement.map(({ Action }) => Action)).toEqual(['ecs:ExecuteCommand'])
    expect(start?.Statement[0]).toMatchObject({ Condition: { StringEquals: { 'ecs:container-name': 'app' } } })
    expect(channel?.Statement.flatMap(({ Action }) => Action)).toEqual([
      'ssmmessages:OpenDataChannel',
      'ssm:ResumeSession',
      'ssm:TerminateSession',
    ])
    const told = JSON.stringify([world.cards(), world.replies(), world.functions.logs])
    expect(told).not.toContain('streamUrl')
    expect(told).not.toContain('/v1/data-channel/')
    expect(/"tokenValue":"[\w+/=-]{20,}/.test(JSON.stringify(world.aws.callLog.list()))).toBe(false)
  })
})

describe('anything else', () => {
  test('takes consent to the very words, and says whose rights a shell has', async () => {
    await world.type('exec orders-api:app --reason "stuck" -- echo "one two" | tr a-z A-Z')
    const card = world.card()
    expect(card).toContain(`sh -c 'echo "one two" | tr a-z A-Z'`)
    expect(card).toMatch(/^🔴 High risk · prod · Run a command in orders-api\n/)
    expect(card).toContain('[Review…]')
    const dialog = await world.details()
    expect(dialog).toContain(`sh -c 'echo "one two" | tr a-z A-Z'`)
    expect(dialog).toContain('as root, with the task role')
    expect(dialog).toContain(
      'A shell has the permissions of the task role orders-api-task, and can read its credentials',
    )
    expect(dialog).toContain('[Approve]')
    expect(world.calls('ExecuteCommand').filter(({ input }) => JSON.stringify(input).includes('tr a-z'))).toEqual([])
    await world.click('approve')
    expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
    expect(said()).toContain('ONE TWO')
  })

  test.each([
    ['a status', 'exit 7', /^❌ Failed .*It ended with status 7/s, ''],
    ['what there is not', 'no-such-program', /^❌ Failed .*It ended with status 127/s, 'not found'],
    ['unbalanced quotes', 'echo "oh', /^❌ Failed .*It ended with status 2/s, 'nterminated'],
    ['a runner that is killed', 'kill -9 $PPID', /^⚠️ Unknown /, ''],
    ['standard error', 'echo out; echo err >&2', /^✅ Done /, 'Standard error:'],
    [
      'colours and carriage returns',
      "printf '\\033[31mred\\033[0m 10%%\\r99%%\\n'",
      /^✅ Done /,
      '99% 10%'.slice(0, 3),
    ],
    ['what looks like a secret', "printf 'AKIAIOSFODNN7%s\\n' EXAMPLE", /^✅ Done /, '‹hidden›'],
    ['markup', "echo '<!channel> *bold* ```'", /^✅ Done /, '<!channel> *bold* ```'],
    ['bytes that are no text', "printf 'a\\377\\376b\\n'", /^✅ Done /, 'a'],
    ['nothing', 'true', /^✅ Done .*It ended with status 0/s, ''],
  ])('%s', async (_, command, ended, printed) => {
    expect(await run(command)).toMatch(ended)
    expect(said()).toContain(printed)
    expect(said()).not.toContain('AKIAIOSFODNN7EXAMPLE')
  })

  test('output that repeats the process list is not taken for a marker', async () => {
    expect(await run(`ps -ef | grep -o '[0-9a-f]\\{32\\}' | sed 's/$/ end 0 ./' ; exit 9`)).toContain(
      'It ended with status 9',
    )
  })

  test('the parameter of an agent is not put in its place', async () => {
    await run("echo '{{ssm:/quarterdeck/config}}'")
    expect(said()).toContain('{{ssm:/quarterdeck/config}}')
  })

  test('more than fits into a message comes as a file', async () => {
    expect(await run('seq 1 5000')).toContain('It ended with status 0.')
    expect(said()).toContain('5000')
    expect(said()).toContain('The file has the full output')
    expect([...world.slack.workspace.files.values()].at(-1)?.file).toMatchObject({ name: 'orders-api-output.txt' })
  })
})

describe('is ended', () => {
  const begun = async (command: string) => {
    await world.type(`exec orders-api:app -- ${command}`)
    const running = world.click('approve')
    return running
  }

  test('by anybody who may, from another function', async () => {
    const running = begun('sleep 600')
    await expect.poll(() => open().length).toBe(1)
    await expect.poll(said).toContain('[Stop]')
    const message = world.replies().at(-1)
    await world.slack.deliver.click({ user: 'U0SECOND', channel: 'C0OPS', ts: message?.ts ?? '', label: 'Stop' })
    await running
    expect(world.card()).toMatch(/⏹ Stopped .*: by second-approver/)
    expect(said()).not.toContain('[Stop]')
  })

  test('by a halt', async () => {
    const running = begun('sleep 600')
    await expect.poll(() => open().length).toBe(1)
    await world.slack.deliver.command({ user: 'U0SECOND', channel: 'C0OPS', text: 'halt --reason "stop it all"' })
    await running
    await world.type('resume', { user: 'U0SECOND' })
    expect(card()).toContain('Stopped: all changes are halted')
  }, 20_000)

  test('by the switch of its own account', async () => {
    await world.type('exec staging.us-east-1/web/catalog-api:app -- sleep 600')
    const running = world.click('approve')
    await expect.poll(said).toContain('[Stop]')
    const spoke = { account: '444455556666', region: 'us-east-1' }
    world.aws.parameters.put(spoke, '/quarterdeck/halt', {
      value: 'no',
      type: 'String',
      at: world.clock.now(),
      by: 'arn:aws:iam::444455556666:user/security',
    })
    await running
    world.aws.parameters.remove(spoke, '/quarterdeck/halt')
    expect(card()).toContain('Stopped: all changes are halted')
  }, 20_000)

  test('by whoever comes after its function was killed: unknown, and nothing goes on', async () => {
    const running = begun('sleep 600')
    await expect.poll(said).toContain('[Stop]')
    world.functions.killAll('quarterdeck-operation')
    await running
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(world.card()).toContain('Its session was terminated')
    expect((await outcome())?.outcome).toBe('unknown')
  })
})

describe('when something goes wrong', () => {
  test('AWS’s answer is lost: begun once, and said to be unknown', async () => {
    const before = world.calls('ExecuteCommand').length
    await world.type('exec orders-api:app -- sleep 1')
    world.aws.faults.add({ match: { action: 'ExecuteCommand' }, when: 'after', effect: { kind: 'drop' } })
    await world.click('approve')
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(world.card()).toContain('The command may or may not have started: AWS’s answer was lost.')
    expect(world.calls('ExecuteCommand')).toHaveLength(before + 1)
    expect(world.card()).toContain('An open session in that container may be this one')
    for (const session of open()) world.aws.exec.terminate(session)
  })

  test('AWS says no: nothing was begun', async () => {
    await world.type('exec orders-api:app -- id')
    world.aws.faults.add({
      match: { action: 'ExecuteCommand' },
      when: 'before',
      effect: {
        kind: 'error',
        code: 'TargetNotConnectedException',
        message: 'The execute command failed due to an internal error. Try again later.',
      },
    })
    await world.click('approve')
    expect(world.card()).toMatch(/❌ Failed .*starting the session/s)
  })

  test('the task is gone: the plan is stale, and another task is offered', async () => {
    await world.type('exec orders-api:app -- id')
    const [, id = ''] = /of task (\w{8})/.exec(await world.details()) ?? []
    const task = [...world.service().tasks].find(one => one.id.startsWith(id))
    expect(task).toBeDefined()
    if (task) world.fleet.stopTask(task, 'test')
    await world.until(() => world.service().scheduler.isSteady)
    await world.click('approve')
    expect(world.card()).toContain('⚪ Out of date')
    expect(world.card()).toMatch(/\[Run in \w{8}\]/)
  })
})

describe('elsewhere', () => {
  test('encrypted, where the cluster has a key', async () => {
    const before = world.calls('GenerateDataKey').length
    await world.type('exec staging.us-east-1/web/catalog-api:app -- echo sealed')
    await world.click('approve')
    expect(card()).toMatch(/✅ Done .*It ended with status 0/s)
    expect(said()).toContain('sealed')
    expect(card()).toContain('[Session Log]')
    const id = (await outcomeIn('444455556666'))?.sessions?.[0]?.id
    const key = `sessions/web/${id}.log`
    const bucket = 'quarterdeck-staging-exec'
    await expect.poll(() => [...world.aws.buckets.find(bucket).objects.keys()]).toContain(key)
    expect(Buffer.from(world.aws.buckets.get(bucket, key).bytes).toString()).toContain('sealed')
    expect(card()).toContain(`Session log in bucket ${bucket}`)
    expect(JSON.stringify(world.cards().at(-1)?.blocks)).toContain(
      `"https://console.aws.amazon.com/s3/object/${bucket}?prefix=${encodeURIComponent(key)}"`,
    )
    expect(world.calls('GenerateDataKey')).toHaveLength(before + 1)
    expect(world.calls('GenerateDataKey').at(-1)?.arn).toContain('assumed-role/quarterdeck-exec/')
  })

  test('in an image without a shell: a command of the configuration, without its status; and no other', async () => {
    const where = 'orders-api:envoy'
    await world.type(`exec ${where} -- processes`)
    expect(card()).toContain('its exit status is unknown')
    expect(await run('id', where)).toContain('This image has no shell')
  })
})

test('where it is off, it is switched on by a change of its own, and then runs', async () => {
  expect(await world.type('exec prod.us-east-1/web/search -- id')).toContain('ECS Exec was off when this task started')
  await world.press('Turn On ECS Exec')
  expect(world.card()).toContain('Turn on ECS Exec for search')
  expect(await world.details()).toContain('ECS Exec: off → on')
  await world.click('approve')
  await world.until(() =>
    world
      .cards()
      .map(textOf)
      .some(text => /✅ Done .* Turned on ECS Exec for search/.test(text)),
  )
  await world.type('exec prod.us-east-1/web/search -- env-names')
  expect(card()).toContain('It ended with status 0.')
})

test('whoever has lost the right to approve has approved nothing: nothing is begun', async () => {
  const before = world.calls('ExecuteCommand').at(-1)?.id
  await world.type('exec orders-api:app -- id')
  const held = world.aws.faults.add({
    match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
    when: 'before',
    effect: { kind: 'hold' },
  })
  const clicked = world.click('approve')
  await expect.poll(() => world.aws.faults.hits(held.id)).toBe(1)
  const ops = world.slack.workspace.groups.get('S0OPS')
  if (ops) world.slack.workspace.groups.set('S0OPS', { ...ops, users: ['U0SECOND'] })
  world.aws.faults.release(held.id)
  await clicked
  expect(card()).toContain('approver may no longer approve it')
  expect(world.calls('ExecuteCommand').at(-1)?.id).toBe(before)
  // Who is in a group is remembered for five minutes.
  if (ops) world.slack.workspace.groups.set('S0OPS', ops)
  world.clock.advance(360_000)
})

describe('who is where', () => {
  test('is listed from Session Manager, and ended by a button', async () => {
    await world.type('exec orders-api:app -- sleep 600')
    const running = world.click('approve')
    await expect.poll(() => open().length).toBe(1)
    const listing = new Promise<string>(resolve => {
      const stop = world.slack.subscribe(change => {
        if (change.kind === 'ephemeral' && textOf(change.message).includes('open')) resolve(textOf(change.message))
      })
      void stop
    })
    await world.slack.deliver.command({ user: 'U0SECOND', channel: 'C0OPS', text: 'exec sessions' })
    const text = await listing
    expect(text).toContain('1 open session, oldest first')
    expect(text).toContain('prod.us-east-1/web/orders-api: requester@example.com in app of task')
    expect(text).toContain('[Terminate]')
    const [{ id = '' } = {}] = open()
    await world.slack.deliver.command({ user: 'U0SECOND', channel: 'C0OPS', text: `exec terminate orders-api ${id}` })
    await running
    const cards = world.cards().map(textOf).join('\n')
    expect(cards).toContain('Terminated a session in orders-api')
    expect(cards).toMatch(/⚠️ Unknown|closed/)
  }, 20_000)
})

test('two at once in one container go on side by side; the third finds no room, and says so', async () => {
  const where = `orders-api/${[...world.service().tasks][0]?.id}:app`
  for (const seconds of [600, 601, 602]) await world.type(`exec ${where} -- sleep ${seconds}`)
  const dialogs = (user: string) => JSON.stringify(world.slack.workspace.views(user))
  const review = async ({ channel, ts }: { readonly channel: string; readonly ts: string }, user: string) => {
    await world.slack.deliver.click({ user, channel, ts, actionId: 'card:open' })
    await expect.poll(() => dialogs(user)).toContain('decide:approve')
  }
  const approve = (user: string) => world.slack.deliver.click({ user, actionId: 'decide:approve' })
  const [first, second, third] = world.cards().slice(-3)
  if (first === undefined || second === undefined || third === undefined) throw new Error('three cards')
  await review(first, 'U0APPROVE')
  await review(second, 'U0SECOND')
  await Promise.all(['U0APPROVE', 'U0SECOND'].map(approve))
  await expect.poll(() => open().length).toBe(2)
  await world.slack.deliver.close({ user: 'U0APPROVE' })
  await review(third, 'U0APPROVE')
  await approve('U0APPROVE')
  const now = () => world.cards().slice(-3).map(textOf)
  await expect.poll(() => now().filter(text => text.includes('❌ Failed'))).toHaveLength(1)
  expect(now()[2]).toContain('already has two sessions')
  for (const session of open()) world.aws.exec.terminate(session)
  await world.quiet()
}, 30_000)
