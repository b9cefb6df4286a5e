// A session outlives nobody: whichever call fails after it was opened, it is ended; where that cannot be, it is said.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.faults.clear()
  for (const session of open()) world.aws.exec.terminate(session)
  // Another minute has updates of its own.
  world.clock.advance(60_000)
})

const OPERATION = 'quarterdeck-operation'
const MAY_GO_ON = 'Its session may still be open and the command still running: /ecs exec sessions lists it'
const refused = { kind: 'error', code: 'AccessDeniedException', message: 'explicit deny' } as const

const sessions = () => world.aws.exec.sessions.list()
const open = () => sessions().filter(({ endedAt }) => endedAt === undefined)
const said = () => world.replies().map(textOf).filter(Boolean).at(-1) ?? ''
const outcome = async () => (await world.audit('111122223333')).findLast(({ kind }) => kind === 'outcome')

/** Typed, approved, and running, deaf to Ctrl-C. */
const begun = async () => {
  await world.type(`exec orders-api:app -- trap '' INT; sleep 600`)
  const running = world.click('approve')
  await expect.poll(said).toContain('[Stop]')
  return { running }
}
const stop = () =>
  world.slack.deliver.click({
    user: 'U0SECOND',
    channel: 'C0OPS',
    ts: world.replies().at(-1)?.ts ?? '',
    label: 'Stop',
  })

/** The nth ExecuteCommand of what is run is answered only after `trouble` is there. */
const beforeItsAnswer = async (run: () => Promise<unknown>, nth: number, trouble: () => void): Promise<void> => {
  const held = world.aws.faults.add({
    match: { action: 'ExecuteCommand', nth },
    when: 'after',
    effect: { kind: 'hold' },
  })
  const running = run()
  await expect.poll(() => world.aws.faults.hits(held.id)).toBe(1)
  trouble()
  world.aws.faults.release(held.id)
  await running
}

describe('Stop', () => {
  test.each([
    ['is refused', refused],
    ['is never answered', { kind: 'drop' }],
  ] as const)('where the end of its session %s: unknown, and it may go on', async (_, effect) => {
    const { running } = await begun()
    world.aws.faults.add({ match: { action: 'TerminateSession' }, when: 'before', effect, times: 100 })
    await stop()
    await running
    expect(world.card()).toContain(`Stopped by second-approver. ${MAY_GO_ON}`)
    expect(world.card()).toContain('⚠️ Unknown')
    expect(world.card()).toContain('[Open Sessions]')
    expect(said()).toContain('the command still running')
    expect(await outcome()).toMatchObject({ outcome: 'unknown', sessions: [{ id: open()[0]?.id }] })
  })

  test('where it is refused once, it is asked for again', async () => {
    const { running } = await begun()
    world.aws.faults.add({ match: { action: 'TerminateSession' }, when: 'before', effect: refused })
    await stop()
    await running
    expect(world.card()).toMatch(/⏹ Stopped .*: by second-approver/)
    expect(world.card()).not.toContain('may still be open')
    expect(open()).toEqual([])
  })
})

describe('after ExecuteCommand was answered', () => {
  const run = async () => {
    await world.type('exec orders-api:app -- sleep 600')
    await world.click('approve')
  }

  test('without a way into its session: unknown, which session it is, and that it may go on', async () => {
    await beforeItsAnswer(run, 1, () => {
      world.aws.faults.add({
        match: { action: 'AssumeRole', function: OPERATION },
        when: 'before',
        effect: refused,
        times: 100,
      })
    })
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(world.card()).toContain('The command was started; its outcome is unknown: ')
    expect(world.card()).toContain(MAY_GO_ON)
    expect(world.card()).toContain(`Session ${open()[0]?.id}`)
    expect(world.card()).toContain('[Open Sessions]')
    expect((await outcome())?.outcome).toBe('unknown')
  })

  test.each([1, 2])('what cannot be put on file (write %i) is ended at once', async nth => {
    await beforeItsAnswer(run, 1, () => {
      world.aws.faults.add({
        match: { action: 'PutItem', function: OPERATION, nth },
        when: 'before',
        effect: refused,
      })
    })
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(open()).toEqual([])
    expect(world.card()).toContain('The command was started; its outcome is unknown: ')
    expect(world.card()).not.toContain('may still be open')
    expect(await outcome()).toMatchObject({ outcome: 'unknown', sessions: [{ id: sessions().at(-1)?.id }] })
  })
})

describe('in an image without a shell, of the second session', () => {
  const run = () => world.type('exec orders-api:envoy -- processes')

  test('the answer is lost: nothing is said to be ended, and what is open is', async () => {
    const ended = world.calls('TerminateSession').length
    world.aws.faults.add({ match: { action: 'ExecuteCommand', nth: 2 }, when: 'after', effect: { kind: 'drop' } })
    await run()
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(open()).toHaveLength(1)
    expect(world.calls('TerminateSession')).toHaveLength(ended)
    expect(world.card()).toContain('The command may or may not have started: AWS’s answer was lost.')
    expect(world.card()).toContain('An open session in that container may be this one')
    expect(world.card()).not.toContain('terminated')
    expect(world.card()).toContain('[Open Sessions]')
  })

  test('the request is throttled: nothing has run, and nothing has died', async () => {
    const before = sessions().length
    world.aws.faults.add({ match: { action: 'ExecuteCommand', nth: 2 }, when: 'before', effect: { kind: 'throttle' } })
    await run()
    expect(world.card()).toMatch(/❌ Failed .*starting the session: AWS is throttling this account/s)
    expect(sessions()).toHaveLength(before + 1)
    expect(open()).toEqual([])
  })

  test('what it takes cannot be read: nothing has run, and nothing has died', async () => {
    const before = sessions().length
    await beforeItsAnswer(run, 1, () => {
      world.aws.faults.add({
        match: { action: 'GetParameters', function: OPERATION },
        when: 'before',
        effect: refused,
        times: 99,
      })
    })
    await world.until(() => /❌ Failed .*Stop and halts could not be checked: /s.test(world.card()))
    expect(sessions()).toHaveLength(before + 1)
    expect(open()).toEqual([])
  })

  test('all is halted meanwhile: it does not begin', async () => {
    const before = sessions().length
    await beforeItsAnswer(run, 1, () => {
      world.aws.parameters.put({ account: '111122223333', region: 'us-east-1' }, '/quarterdeck/halt', {
        value: 'incident 812',
        type: 'String',
        at: 0,
        by: 'x',
      })
    })
    await world.until(() => /❌ Failed .*Stopped: all changes are halted/s.test(world.card()))
    world.aws.parameters.remove({ account: '111122223333', region: 'us-east-1' }, '/quarterdeck/halt')
    expect(sessions()).toHaveLength(before + 1)
  })

  test('the function dies: that session is found and ended', async () => {
    await beforeItsAnswer(run, 2, () => {
      world.aws.faults.add({
        match: { action: 'AssumeRole', function: OPERATION },
        when: 'before',
        effect: { kind: 'kill' },
      })
    })
    await world.until(() => world.card().includes('⚠️ Unknown'))
    expect(world.card()).toContain('Its session was terminated')
    expect(open()).toEqual([])
    expect((await outcome())?.sessions).toEqual([{ id: sessions().at(-1)?.id }])
  })
})
