// Transcripts of sessions in containers, which ECS writes into the log group of the container: who reads them.
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LogGroup } from '../../sandbox/world/logs.ts'
import { SESSIONS_LEFT_OUT } from '../../src/features/logs/session-lines.ts'
import { aStory, HUB, type StoryWorld, textOf } from './story-world.ts'

const EXAMPLE = readFileSync('quarterdeck.yaml', 'utf8')
const RULE = '  - who: [S0ONCALL, S0OPS]\n    role: exec\n'
/** Of the two, only the approver may run commands. */
const WITHOUT = EXAMPLE.replace(RULE, '  - who: [U0APPROVE]\n    role: exec\n')
const withRules = (rules: string) => EXAMPLE.replace(RULE, rules)
const SESSION = 'ecs-execute-command-0a1b2c3d4e5f60718'

let world: StoryWorld
let group: LogGroup
beforeAll(async () => {
  world = await aStory()
  world.clock.advance(60_000)
})
afterAll(() => world.stop())

const groupOf = (name: string): LogGroup => world.aws.logs.find(HUB, name) ?? world.aws.logs.create(HUB, name)
const write = (message: string, stream: string, ago = 1_000, to = group) =>
  world.aws.logs.append(to, stream, message, world.clock.now() - ago)
const app = () => `ecs/app/${[...world.service().tasks][0]?.id}`
const dm = (user = 'U0REQUEST') => world.slack.workspace.openDm(user).id
const fileText = (channel: string): string => {
  const sent = world.slack.workspace.messages(channel).findLast(({ files = [] }) => files.length > 0)
  return world.slack.workspace.files.get(sent?.files?.[0]?.id ?? '')?.content.toString('utf8') ?? ''
}

beforeEach(async () => {
  world.clock.advance(60 * 60_000)
  world.aws.throttle.reset()
  await world.publish(WITHOUT)
  group = groupOf('/ecs/orders-api')
  group.perMinute = 0
  write('said by the app', app())
  for (let n = 0; n < 3; n += 1) write(`typed hunter${n}`, SESSION, 900 - n)
})
afterEach(() => void world.publish(EXAMPLE))

describe('who may not run commands reads no transcript', () => {
  test('in the lines of the group, and in their count; the note says which role shows them', async () => {
    const answer = await world.type('logs prod:/ecs/orders-api')
    expect(answer).toContain('/ecs/orders-api: 1 line of the last 15m')
    expect(answer).not.toContain('hunter')
    expect(answer).not.toContain('ecs-execute-command')
    expect(answer).toContain(SESSIONS_LEFT_OUT)
  })

  test.each(['--filter hunter1', '--filter hunter7'])('a filter does not tell what they say: %s', async filter => {
    const answer = await world.type(`logs prod:/ecs/orders-api ${filter}`)
    expect(answer.replace(/hunter\d/g, '')).toBe(
      (await world.type('logs prod:/ecs/orders-api --filter nothing')).replace('nothing', ''),
    )
  })

  test('in a file, around a time and in a chart', async () => {
    for (let n = 0; n < 400; n += 1) write(`typed hunter${n}`, SESSION, 60_000 + n * 500)
    for (let n = 0; n < 210; n += 1) write(`fine ${n}`, app(), 60_000 + n * 500)
    expect(await world.type('logs prod:/ecs/orders-api --chart')).toMatch(/: 211 lines of the last 15m/)
    const [picture] = world.slack.workspace.messages(dm()).at(-1)?.files ?? []
    const counts = [...(picture?.alt_txt ?? '').matchAll(/\d\d:\d\d (\d+)/g)].map(([, count]) => Number(count))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(211)
    const at = new Date(world.clock.now() - 60_000).toISOString().slice(11, 16)
    expect(await world.type(`logs prod:/ecs/orders-api --around ${at}`)).not.toContain('hunter')
    await world.type('logs prod:/ecs/orders-api --file')
    expect(fileText(dm())).toContain('fine 3')
    expect(fileText(dm())).not.toContain('hunter')
  })

  test('in a follow, nor in its file', async () => {
    for (let n = 0; n < 300; n += 1) write(`fine ${n} ${'x'.repeat(100)}`, app(), 500)
    await world.type('logs prod:/ecs/orders-api --follow 1m')
    write('typed hunter8', SESSION, 0)
    const message = () => textOf(world.slack.workspace.messages(dm()).findLast(({ text }) => /^Follow/.test(text)))
    await world.until(() => message().startsWith('Followed'))
    expect(message()).toContain('Followed /ecs/orders-api for 1 min: 301 lines')
    expect(message()).toContain(SESSIONS_LEFT_OUT)
    expect(message()).not.toContain('hunter')
    await world.until(() => fileText(dm()).includes('fine 7'))
    expect(fileText(dm())).not.toContain('hunter')
  })

  test('through a service whose task definition names such a stream as its own', async () => {
    const service = world.service('jobs/notifications')
    const [deployment] = service.deployments
    if (deployment === undefined) throw new Error('no deployment')
    const { spec } = deployment.revision
    const options = {
      Name: 'cloudwatch_logs',
      log_group_name: group.name,
      log_stream_name: SESSION,
      region: HUB.region,
    }
    const taskDefinition = world.fleet.registerTaskDefinition(
      HUB,
      {
        ...spec.taskDefinition.input,
        containerDefinitions: spec.taskDefinition.input.containerDefinitions?.map(one => ({
          ...one,
          logConfiguration: { logDriver: 'awsfirelens' as const, options },
        })),
      },
      'test',
    )
    world.fleet.deploy(service, { ...spec, taskDefinition })
    await world.until(() => service.deployments.every(({ rolloutState }) => rolloutState === 'COMPLETED'))
    world.clock.advance(60 * 60_000)
    write('typed hunter9', SESSION)
    const answer = await world.type('logs notifications')
    expect(answer).toContain('no lines in the last 15m')
    expect(answer).toContain(SESSIONS_LEFT_OUT)
  })

  test('in the group where a cluster keeps them, under any stream name', async () => {
    const cluster = world.service().cluster
    const kept = groupOf('/audit/sessions')
    write('typed hunter4', 'renamed', 1_000, kept)
    const before = cluster.configuration
    const logConfiguration = { cloudWatchLogGroupName: kept.name }
    Object.assign(cluster, {
      configuration: { executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration } },
    })
    const denied = await world.type('logs prod.us-east-1:/audit/sessions')
    expect(await world.type('logs prod.us-east-1:/audit/sessions --follow 1m')).toBe(denied)
    const shown = await world.type('logs prod.us-east-1:/audit/sessions', { user: 'U0APPROVE' })
    Object.assign(cluster, { configuration: before })
    expect(denied).toContain('/audit/sessions is where a cluster logs sessions in containers')
    expect(denied).toContain('the role exec for all services of prod')
    expect(shown).toContain('typed hunter4')
  })
})

describe('the role exec shows them', () => {
  test('to its holder, who alone reads the answer', async () => {
    const answer = await world.type('logs prod:/ecs/orders-api', { user: 'U0APPROVE' })
    expect(answer).toContain('/ecs/orders-api: 4 lines')
    expect(answer).toContain('typed hunter2')
    expect(answer).not.toContain(SESSIONS_LEFT_OUT)
  })

  test('but not to the channel', async () => {
    await world.type('logs prod:/ecs/orders-api --share', { user: 'U0APPROVE' })
    expect(world.card()).toContain('/ecs/orders-api: 1 line')
    expect(world.card()).toContain(SESSIONS_LEFT_OUT)
    await world.type('logs prod:/ecs/orders-api --follow 1m --share', { user: 'U0APPROVE' })
    await world.until(() => world.card().startsWith('Followed'))
    expect(world.card()).not.toContain('hunter')
  })

  test.each([
    [
      'for some services: which one a session was in is not known',
      '  - who: [U0REQUEST]\n    role: exec\n    targets: ["web/orders-api"]\n',
    ],
    ['in another account', '  - who: [U0REQUEST]\n    role: exec\n    accounts: [staging]\n'],
    [
      'with a denial for one service',
      '  - who: [U0REQUEST]\n    role: exec\n  - who: [U0REQUEST]\n    deny: exec\n    targets: ["web/search"]\n',
    ],
  ])('not %s', async (_, rules) => {
    await world.publish(withRules(rules))
    expect(await world.type('logs prod:/ecs/orders-api')).not.toContain('hunter')
  })
})
