// Sessions of roles in a story: the product's own, whose SDK clients end in this process instead of on the wire.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { ECSClient } from '@aws-sdk/client-ecs'
import type { Readers } from '../../src/commands/readers.ts'
import type { Writer } from '../../src/engine/change/ports.ts'
import type { Identity } from '../../src/engine/rules/asker.ts'
import type { AccountRole, Config } from '../../src/engine/rules/config.ts'
import { registerDefinition } from '../../src/gateways/aws/ecs/register-definition.ts'
import { answerOfRun, sendEcs } from '../../src/gateways/aws/ecs/send-ecs.ts'
import { createSessions, type Sessions } from '../../src/gateways/aws/identity/sessions.ts'
import { createCallReader, newShared } from '../../src/gateways/aws/identity/trail-calls.ts'
import { createReaders } from '../../src/gateways/aws/readers.ts'
import { sendAutoscaling } from '../../src/gateways/aws/scaling/autoscaling.ts'
import { askAws } from '../../src/gateways/aws/translate.ts'
import { type Account, accountOf } from '../../src/model/account.ts'
import type { ServiceRef } from '../../src/model/ecs.ts'
import { RemoteError } from '../../src/model/errors.ts'
import type { JsonObject } from '../../src/model/json.ts'
import type { Store } from '../../src/model/ports/store.ts'
import type { Asker, StoryAws } from './story-aws.ts'

/** `purpose`: an operation's id, or `query`. */
export type Assumed = { readonly role: AccountRole; readonly who: Identity; readonly purpose: string }

const SERVICES: Readonly<Record<string, string>> = {
  ECSClient: 'ecs',
  ECRClient: 'ecr',
  CloudWatchLogsClient: 'logs',
  ApplicationAutoScalingClient: 'application-autoscaling',
  CloudWatchClient: 'monitoring',
  CloudFormationClient: 'cloudformation',
  CloudTrailClient: 'cloudtrail',
  VPCLatticeClient: 'vpc-lattice',
  ComputeOptimizerClient: 'compute-optimizer',
}

const CREDENTIALS = { accessKeyId: 'A', secretAccessKey: 'B', sessionToken: 'C', expiration: new Date(8.64e15) }

export const createStorySessions = (aws: StoryAws, base: Asker) => {
  const askerIn = ({ id, roles }: Account, { role, who, purpose }: Assumed): Asker => ({
    function: base.function,
    account: id,
    arn: `arn:aws:sts::${id}:assumed-role/${roles[role]?.split('/').at(-1)}/${`${who.actor.user}-${purpose}`.slice(0, 64)}`,
    sourceIdentity: who.corporateId,
  })
  const assume = async ({ roles }: Account, { role, who }: Assumed) => {
    const RoleArn = roles[role]
    if (RoleArn === undefined) throw new RemoteError(`no ${role} role`, { code: 'NoRole', passing: false })
    const asked = { service: 'sts', action: 'AssumeRole', region: 'us-east-1' }
    return askAws(`assuming ${RoleArn.split('/').at(-1)}`, () =>
      aws.pass(base, { ...asked, input: { RoleArn, SourceIdentity: who.corporateId } }, () => CREDENTIALS),
    )
  }
  return (assumed: Assumed): Sessions => {
    const maxAttempts = assumed.role === 'viewer' ? 3 : 1
    const own = createSessions(account => assume(account, assumed), maxAttempts)
    return {
      ...own,
      each: make => {
        const clientFor = own.each(make)
        const bound = new WeakSet<object>()
        return async (account, region) => {
          const client = await clientFor(account, region)
          if (isClient(client) && !bound.has(client)) {
            bound.add(client)
            bind(client, { aws, asker: askerIn(account, assumed), region, maxAttempts, count: own.count })
          }
          return client
        }
      },
    }
  }
}

type Client = { readonly middlewareStack: { add: (middleware: Middleware, options: object) => void } }
type Middleware = (
  next: unknown,
  context: { readonly clientName?: string; readonly commandName?: string },
) => (args: { readonly input: Record<string, unknown> }) => Promise<unknown>

const isClient = (client: unknown): client is Client =>
  typeof client === 'object' && client !== null && 'middlewareStack' in client

type Bound = {
  readonly aws: StoryAws
  readonly asker: Asker
  readonly region: string
  readonly maxAttempts: number
  readonly count: (action: string) => void
}

/** Nothing behind this middleware is reached: no signature, no request. */
const bind = (client: Client, { aws, asker, region, maxAttempts, count }: Bound): void =>
  client.middlewareStack.add(
    (_, { clientName = '', commandName = '' }) =>
      async ({ input }) => {
        const action = commandName.replace(/Command$/, '')
        const service = SERVICES[clientName] ?? clientName
        for (let attempt = 1; ; attempt += 1) {
          count(action)
          try {
            const { output, requestId } = await aws.operate(asker, { service, action, region, input })
            return { output: { ...output, $metadata: { httpStatusCode: 200, requestId } }, response: {} }
          } catch (error) {
            if (attempt >= maxAttempts || !isThrottle(error)) throw error
          }
        }
      },
    { step: 'initialize', name: 'story', priority: 'high' },
  )

const isThrottle = (error: unknown): boolean => error instanceof Error && /Throttl|TooMany/.test(error.name)

/** What is read by a signed request, or with a client of the reader's own, is for the wire: here nothing is known of it. */
export const createStoryReaders = (
  config: Config,
  { aws, asker, sessions, store }: { aws: StoryAws; asker: Asker; sessions: Sessions; store: Store },
): Readers => ({
  ...createReaders(config, sessions, { store, env: {} }),
  halted: async () => undefined,
  fargate: async () => undefined,
  changedAtAws: async () => undefined,
  callsAtAws: createStoryCalls(config, sessions, aws),
  targetHealth: async () => [],
  rolesThere: async (_, roles) => ({ missing: [], unread: roles }),
  secretsThere: async (_, secrets) => ({ missing: [], unread: secrets }),
  tagsIn: ({ id }, region) =>
    askAws('reading the tags of services', async () => {
      const input = { ResourceTypeFilters: ['ecs:service'], ResourcesPerPage: 100 }
      const asked = { service: 'tagging', action: 'GetResources', region, input }
      const { output } = await aws.operate({ ...asker, account: id }, asked)
      return Object.fromEntries(
        (output as TagPage).ResourceTagMappingList.map(({ ResourceARN, Tags }) => [
          ResourceARN.split('/').slice(1).join('/'),
          Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
        ]),
      )
    }),
})

/** Look-ups in CloudTrail come one after the other. No time passes between them, so the throttle is full again at each. */
const createStoryCalls = (config: Config, sessions: Sessions, aws: StoryAws): Readers['callsAtAws'] => {
  let turn = Promise.resolve()
  const pause = () => {
    turn = turn.then(() => new Promise(resolve => setImmediate(resolve))).then(() => aws.throttle.reset())
    return turn
  }
  const read = createCallReader(config, sessions, { shared: newShared(), pause })
  return (...asked) => {
    aws.throttle.reset()
    return read(...asked)
  }
}

type TagPage = {
  readonly ResourceTagMappingList: readonly {
    readonly ResourceARN: string
    readonly Tags: readonly { readonly Key: string; readonly Value: string }[]
  }[]
}

/** As the product's writer, with clients of these sessions. */
export const createStoryWriter = (config: Config, target: ServiceRef, sessions: Sessions, viewer: Sessions): Writer => {
  const account = accountOf(config, target)
  const ecs = sessions.each(settings => new ECSClient(settings))
  const reading = viewer.each(settings => new ECSClient(settings))
  const autoscaling = sessions.each(settings => new ApplicationAutoScalingClient(settings))
  return async call =>
    askAws(`${call.action} on ${call.resources[0]?.split('/').at(-1)}`, async () => {
      if (call.service === 'ssm') throw new Error('a story has no sessions of ECS Exec')
      if (call.action === 'RegisterTaskDefinition')
        return registerDefinition(await ecs(account, target.region), await reading(account, target.region), call)
      const answer =
        call.service === 'ecs'
          ? await sendEcs(await ecs(account, target.region), call)
          : await sendAutoscaling(await autoscaling(account, target.region), call)
      const output: JsonObject = call.action === 'RunTask' ? answerOfRun(answer) : {}
      return { requestId: answer.$metadata.requestId ?? '', output }
    })
}
