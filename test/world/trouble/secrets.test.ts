// Secrets that the world planted or issued are in nothing that Quarterdeck keeps: each world looks for them at its end.
import { expect, test } from 'vitest'
import { PLANTED_SERVICE } from '../../planted/planted.ts'
import { aWorld, ORDERS, textOf, type World } from '../world.ts'

const withWorld = async (use: (world: World) => Promise<void>): Promise<void> => {
  const world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  await use(world)
  await world.stop()
}

test('logs with planted lines, a command that prints the environment, and a change keep none', () =>
  withWorld(async world => {
    world.clock.advance(60_000)
    const logs = await world.type(`logs ${PLANTED_SERVICE} --filter password`)
    expect(logs).toContain('password=‹hidden›')
    expect((await world.type(`logs ${PLANTED_SERVICE}`)).match(/‹hidden›/g)?.length).toBeGreaterThanOrEqual(4)
    await world.type('exec orders-api:app -- env')
    await world.click('approve')
    expect(world.card()).toMatch(/✅ Done .*It ended with status 0/s)
    expect(world.replies().map(textOf).join('\n')).toContain('PLANTED=‹hidden›')
    await world.type(`scale ${ORDERS} 6`)
    await world.click('approve')
    await world.until(() => /✅ Done .*6\/6/s.test(world.card()))
  }))

test('a secret that was stored fails the world at its end, with its place and without the secret', async () => {
  const world = await aWorld()
  await world.store().create({ pk: 'leak', sk: 'one' }, { token: world.botToken })
  const ended = await world.stop().then(
    () => '',
    (error: Error) => error.message,
  )
  expect(ended).toBe('Secrets were kept:\nbot token in store: item leak one')
})

test('so does one that was posted and then deleted, or printed', async () => {
  const world = await aWorld()
  const { workspace } = world.slack
  const { ts } = workspace.post({ channel: 'C0OPS', user: 'U0REQUEST' }, { text: `see ${world.signingSecret}` })
  workspace.remove('C0OPS', ts)
  world.functions.logs.push({ at: 0, function: 'quarterdeck-query', container: 'c', line: world.botToken })
  await expect(world.stop()).rejects.toThrow(
    'Secrets were kept:\nbot token in logs: quarterdeck-query\nsigning secret in Slack: a message in C0OPS',
  )
})
