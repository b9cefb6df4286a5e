// RunTask in the sandbox: commands of containers, tokens, and the texts that ECS limits.
import { DescribeTasksCommand, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aDefinition, awsvpc, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
  peer.fleet.createCluster(place, 'web')
})
afterEach(() => peer.aws.close())

const run = (more: Partial<RunTaskCommandInput> = {}, taskDefinition = aDefinition(peer, 'once').arn) =>
  peer.ecs.send(
    new RunTaskCommand({
      ...{ cluster: 'web', taskDefinition, launchType: 'FARGATE', networkConfiguration: awsvpc },
      ...more,
    }),
  )
const nameOf = () => aDefinition(peer, 'once').input.containerDefinitions?.[0]?.name ?? ''
const command = (...words: string[]) => ({ overrides: { containerOverrides: [{ name: nameOf(), command: words }] } })
const read = async (arn = '') =>
  (await peer.ecs.send(new DescribeTasksCommand({ cluster: 'web', tasks: [arn] }))).tasks?.[0]

test('a task with a command of its own shows it, and ends with its exit code', async () => {
  const { tasks } = await run(command('sh', '-c', 'sleep 30; exit 3'))
  const arn = tasks?.[0]?.taskArn
  expect(tasks?.[0]?.overrides?.containerOverrides).toEqual([
    { name: nameOf(), command: ['sh', '-c', 'sleep 30; exit 3'] },
  ])
  peer.clock.advance(180_000)
  expect(await read(arn)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ exitCode: 3 }],
  })
})

test('the same token and request return the same task; another request is a conflict', async () => {
  const definition = aDefinition(peer, 'once').arn
  const [first, second] = [await run({ clientToken: 'a' }, definition), await run({ clientToken: 'a' }, definition)]
  expect(second.tasks?.[0]?.taskArn).toBe(first.tasks?.[0]?.taskArn)
  const other = await run({ clientToken: 'b' }, definition)
  expect(other.tasks?.[0]?.taskArn).not.toBe(first.tasks?.[0]?.taskArn)
  await expect(run({ clientToken: 'a', count: 2 }, definition)).rejects.toMatchObject({ name: 'ConflictException' })
})

test('a token with which no task started may be used again', async () => {
  const definition = aDefinition(peer, 'once').arn
  peer.fleet.knobs.exhaust('FARGATE')
  expect((await run({ clientToken: 'a' }, definition)).failures).toHaveLength(1)
  peer.fleet.knobs.replenish('FARGATE')
  expect((await run({ clientToken: 'a' }, definition)).tasks).toHaveLength(1)
})

test.each<[string, Partial<RunTaskCommandInput>, string]>([
  [
    'an unknown container',
    { overrides: { containerOverrides: [{ name: 'nobody', command: ['ls'] }] } },
    'Override for container named nobody is not a container in the TaskDefinition.',
  ],
  ['long overrides', { overrides: { containerOverrides: [{ name: 'x'.repeat(8_200) }] } }, 'at most 8192'],
  ['a long startedBy', { startedBy: 'x'.repeat(129) }, 'startedBy can have up to 128'],
  ['a startedBy with a space', { startedBy: 'a b' }, 'startedBy can have up to 128'],
  ['a long token', { clientToken: 'x'.repeat(65) }, 'clientToken can have up to 64'],
  ['the group of a service', { group: 'service:orders-api' }, 'Task group cannot start with service:'],
])('%s is refused', async (_, more, words) => {
  expect(await refusal(run(more))).toContain(words)
})
