// The world as a test drives it, at the wire: the built handlers in containers of their own, AWS and Slack over HTTP.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import { createWarm, type Warm } from '../../sandbox/lambda/warm.ts'
import { HUB, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { slowTime } from '../../sandbox/slack/real-time.ts'
import { createStore } from '../../src/gateways/store.ts'
import type { Store } from '../../src/model/ports/store.ts'
import { watchWorld } from '../planted/watch-world.ts'
import { refusalOfAws } from '../sandbox/lambda/aws-validator.ts'
import { type Driving, drive } from './driving.ts'
import { recordCalls } from './record-calls.ts'

export { textOf } from './text-of.ts'

export const ORDERS = 'prod.us-east-1/web/orders-api'

export type World = Sandbox &
  Driving & {
    /** The bot's table, as the local user. */
    readonly store: () => Store
  }

/** Containers stay warm from one world of a file to the next: a cold start costs more than most tests. */
let warm: Warm | undefined = createWarm()

const start = async (options: SandboxOptions): Promise<Sandbox> => {
  const mine = warm
  warm = undefined
  try {
    const sandbox = await startSandbox({ ...options, ...(mine && { warm: mine }) })
    const stop = sandbox.stop.bind(sandbox)
    const demandAgreement = compareWithAws(sandbox)
    const { search } = watchWorld(sandbox, HUB)
    const keepCalls = recordCalls(sandbox.aws)
    return Object.assign(sandbox, {
      stop: async () => {
        const demandNoSecrets = await search()
        await stop()
        warm ??= mine
        await keepCalls()
        demandAgreement()
        demandNoSecrets()
      },
    })
  } catch (error) {
    if (mine === undefined || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    warm = createWarm()
    return start(options)
  }
}

/** Every checkpoint that the sandbox accepts is shown to AWS's own validator; what it refuses fails the test file at its end. */
const compareWithAws = ({ durable }: Sandbox): (() => void) => {
  const refused: string[] = []
  durable.hooks.onAccepted = (updates, known) => {
    const refusal = refusalOfAws(updates, known)
    if (refusal !== undefined) refused.push(`${refusal} ${JSON.stringify(updates)}`)
  }
  return () => {
    if (refused.length > 0) throw new Error(`AWS refuses checkpoints that the sandbox accepted:\n${refused.join('\n')}`)
  }
}

export const aWorld = async (options: SandboxOptions = {}): Promise<World> => {
  const sandbox = await start({ start: Date.parse('2026-11-22T03:00:00Z'), real: slowTime, ...options })
  const { slack, fleet, aws } = sandbox
  const store = () => createStore('quarterdeck', localClient(sandbox), () => sandbox.clock.now())
  const list: Store['list'] = async (pk, asked) => {
    const client = localClient(sandbox)
    try {
      return await createStore('quarterdeck', client, () => sandbox.clock.now()).list(pk, asked)
    } finally {
      client.destroy()
    }
  }
  const driving = drive({ slack, fleet, aws, quiet: () => sandbox.quiet() }, { list })
  return Object.assign(sandbox, driving, { store })
}

const localClient = ({ aws }: Sandbox): DynamoDBClient => {
  const { accessKeyId, secretAccessKey } = localUser
  return new DynamoDBClient({ endpoint: aws.url, region: HUB.region, credentials: { accessKeyId, secretAccessKey } })
}
