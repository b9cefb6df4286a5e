// A world whose agents are quick, and sessions in it opened by the raw client.

import { ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { KMSClient } from '@aws-sdk/client-kms'
import { SSMClient } from '@aws-sdk/client-ssm'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { agentTiming } from '../../../sandbox/ssm/agent.ts'
import { fair, type Weather } from '../../../sandbox/ssm/weather.ts'
import { aWorld, type World } from '../world.ts'
import { connect, type Keys, type Options, type RawClient, written } from './exec-client.ts'

export const quick = { ...agentTiming, floor: 20, readPause: 0, startFailure: 20, resend: 10 }

export type Where = { readonly cluster?: string; readonly task?: string; readonly container?: string }

export type ExecWorld = ReturnType<typeof dress>

export const clientsOf = (world: World, credentials: Keys = localUser, region = 'us-east-1') => {
  const config = { endpoint: world.aws.url, region, credentials, maxAttempts: 2 }
  return { ecs: new ECSClient(config), ssm: new SSMClient(config), kms: new KMSClient(config) }
}

const dress = (world: World) => {
  const { ecs, ssm } = clientsOf(world)
  const execute = async (command: string, { cluster = 'web', task, container = 'app' }: Where = {}, by = ecs) => {
    const [first] = [...world.service().tasks]
    const input = { cluster, task: task ?? first?.id, container, command, interactive: true }
    return (await by.send(new ExecuteCommandCommand(input))).session ?? {}
  }
  const open = async (command: string, more: Partial<Options> = {}, where?: Where): Promise<RawClient> =>
    connect(await execute(command, where), { keys: localUser, at: world.clock.now(), ...more })
  return {
    world,
    ssm,
    execute,
    open,
    join: (session: Parameters<typeof connect>[0]) => connect(session, { keys: localUser, at: world.clock.now() }),
    sessionOf: (id: string | undefined) => {
      const session = world.aws.exec.sessions.find(id ?? '')
      if (!session) throw new Error('no session')
      return session
    },
    weather: (made: Partial<Weather>) => {
      world.aws.exec.weather = () => ({ ...fair(), ...made })
    },
    /** What a command wrote, once its session is over; or why it failed. */
    outputOf: async (command: string, where?: Where): Promise<string> => {
      const client = await open(command, {}, where)
      const failure = await client.closed()
      client.socket.terminate()
      return failure === '' ? written(client) : failure
    },
    /** Before each test: nothing runs, and nothing goes wrong. */
    clear: () => {
      const { exec, faults } = world.aws
      for (const session of exec.sessions.list()) exec.terminate(session)
      exec.timing = quick
      exec.weather = fair
      exec.presigns = false
      faults.clear()
    },
  }
}

export const anExecWorld = async (): Promise<ExecWorld> => dress(await aWorld())
