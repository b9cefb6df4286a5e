import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/credentials.ts'
import { connect, type Options, written } from './exec-client.ts'
import { aWorld, type World } from './world.ts'

let world: World
let ecs: ECSClient
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  ecs = new ECSClient({ endpoint: world.aws.url, region: 'us-east-1', credentials: localUser, maxAttempts: 1 })
})
afterAll(() => world.stop())

const aTask = (service = 'web/orders-api', n = 0): string => [...world.service(service).tasks][n]?.arn ?? ''

type Asked = { readonly task?: string; readonly container?: string; readonly cluster?: string; readonly n?: number }

const execute = async (command: string, { task, container = 'app', cluster = 'web', n = 0 }: Asked = {}) => {
  const input = { cluster, task: task ?? aTask(undefined, n), container, command, interactive: true }
  const { session = {} } = await ecs.send(new ExecuteCommandCommand(input))
  return session
}

const open = async (command: string, asked: Asked = {}, more: Partial<Options> = {}) =>
  connect(await execute(command, asked), { keys: localUser, at: world.clock.now(), ...more })

describe('a command', () => {
  test('runs in a real shell, and what it wrote arrives', async () => {
    const client = await open(`sh -c 'echo hello; exit 7'`)
    expect(await client.closed()).toBe('')
    expect(written(client)).toBe('hello\r\n')
    expect(client.frames.map(({ messageType }) => messageType)).toEqual([
      'start_publication',
      'output_stream_data',
      'channel_closed',
    ])
  })
})
