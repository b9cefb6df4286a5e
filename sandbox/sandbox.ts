// The whole local world, composed: a clock, ECS, AWS at the wire, Lambda with the built handlers, Slack, and nothing else.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { RULES } from '../infra/event-rules.ts'
import { hubRoles, RECURRING, toSchedule } from '../infra/hub-roles.ts'
import { SCHEDULE_GROUP } from '../infra/names.ts'
import type { Role } from '../infra/policy.ts'
import { spokeRoles } from '../infra/spoke-roles.ts'
import { compileConfig } from '../src/commands/compile-config.ts'
import type { Config } from '../src/engine/rules/config.ts'
import { type Aws, createAws } from './aws/aws.ts'
import { createEventBridge, type EventKnobs } from './aws/services/event-bridge.ts'
import { addExecKeys } from './aws/services/kms/kms-keys.ts'
import { addExecBuckets } from './aws/services/s3/buckets.ts'
import { type Keys, localUser } from './aws/wire/credentials.ts'
import { Durable } from './lambda/durable/engine.ts'
import { createEndings, type EndingKnobs } from './lambda/endings.ts'
import { type FunctionSpec, Functions } from './lambda/functions.ts'
import { createLambdaService } from './lambda/service.ts'
import { newSecrets, type Warm } from './lambda/warm.ts'
import type { RealTime } from './slack/real-time.ts'
import { BOT } from './slack/seed.ts'
import { createSlack, type Slack } from './slack/slack.ts'
import { addTaskRoles } from './ssm/task-role.ts'
import { type Autoscaling, createAutoscaling } from './world/autoscaling/autoscaling.ts'
import { Clock } from './world/clock.ts'
import { createFleet, type Fleet } from './world/fleet.ts'
import { generateServices, seedWorld } from './world/seed.ts'
import { seedScaling } from './world/seed-scaling.ts'

export type SandboxOptions = {
  /** World seconds a second; 0 stands still until a test moves the clock. */
  readonly speed?: number
  /** Epoch milliseconds at which the world begins. */
  readonly start?: number
  /** Ports on 127.0.0.1; any free ones without them. */
  readonly port?: number
  readonly awsPort?: number
  /** How many services to add to the handful that is there. */
  readonly services?: number
  readonly seed?: number
  /** Slack's own watch, for its 3 seconds: the machine's unless given. */
  readonly real?: RealTime
  /** Containers of an earlier world, which go on in this one. */
  readonly warm?: Warm
  /** Has the service index refreshed and the digest looked at every few minutes, as infrastructure does; else when a test says so. */
  readonly isRecurring?: boolean
  /** Without it, what ECS tells EventBridge goes nowhere: a world is quicker when nobody listens. */
  readonly hasEvents?: boolean
}

/** The account that the bot itself runs in. */
export const HUB = { account: '111122223333', region: 'us-east-1' } as const
const ACCOUNTS = ['111122223333', '444455556666']
const TABLE = 'quarterdeck'
const ROOT = fileURLToPath(new URL('..', import.meta.url))

const FILES = {
  slack: 'slack/index.cjs',
  query: 'query/index.mjs',
  decision: 'decision/index.mjs',
  operation: 'operation/index.mjs',
  schedule: 'schedule/index.mjs',
  events: 'events/index.mjs',
} as const
type FunctionName = keyof typeof FILES

/** Serves a request that is its own; false when it is somebody else's. */
export type Route = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

export class Sandbox {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly autoscaling: Autoscaling
  readonly aws: Aws
  readonly slack: Slack
  readonly functions: Functions
  readonly durable: Durable
  readonly events?: EventKnobs
  /** How the end of a durable execution is heard of. */
  readonly endings: EndingKnobs
  readonly signingSecret: string
  readonly botToken: string
  /** Called around each request to Slack's Web API, for tests that kill the asker at that very moment. */
  onSlackCall: (method: string, when: 'before' | 'after') => void = () => {}
  /** Asked in order, after Slack's own. */
  readonly routes: Route[] = []
  readonly #server = createServer((req, res) => void this.#serve(req, res))
  readonly #options: SandboxOptions

  constructor(options: SandboxOptions) {
    const { speed = 0, start = Date.now(), seed = 1, services = 0 } = options
    this.#options = { ...options.warm, ...options }
    const { signingSecret, botToken } = options.warm ?? newSecrets()
    this.signingSecret = signingSecret
    this.botToken = botToken
    this.clock = new Clock({ start, speed })
    this.fleet = createFleet({ clock: this.clock, seed })
    this.autoscaling = createAutoscaling(this.fleet)
    seedWorld(this.fleet)
    seedScaling(this.fleet, this.autoscaling)
    if (services > 0) generateServices(this.fleet, services)
    this.functions = new Functions(this.clock, this.#specs(), options.warm)
    this.durable = new Durable(this.clock, this.functions)
    const endings = createEndings(this.clock, this.functions, this.#spec('schedule'))
    this.durable.onEnded(endings.tell)
    this.endings = endings
    this.aws = createAws({
      clock: this.clock,
      fleet: this.fleet,
      autoscaling: this.autoscaling,
      iam: true,
      kill: container => this.functions.kill(container),
      invoke: (arn, event) => {
        const spec = this.functions.specOf(arn)
        if (spec !== undefined) this.functions.invokeAsync(spec, event)
        return spec !== undefined
      },
      extraServices: [createLambdaService(this.functions, this.durable)],
      ...(this.#options.awsPort !== undefined && { port: this.#options.awsPort }),
    })
    addExecKeys(this.aws.kms, this.fleet)
    addExecBuckets(this.aws.buckets, this.fleet)
    addTaskRoles(this.aws.roles, this.fleet)
    if (options.hasEvents)
      this.events = createEventBridge(this.fleet, RULES, event =>
        this.functions.invokeAsync(this.#spec('events'), event),
      )
    this.slack = createSlack({
      clock: this.clock,
      signingSecret: this.signingSecret,
      botToken: this.botToken,
      events: ['app_mention', 'app_home_opened'],
      shortcuts: [{ name: 'Operate ECS', callbackId: 'operate' }],
      handler: event => this.#ingress(event),
      ...(options.real !== undefined && { real: options.real }),
    })
  }

  async start(): Promise<void> {
    await this.aws.listen()
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve)
    })
    this.slack.origin = this.url
    this.#addRoles()
    this.aws.scheduler.addGroup(HUB, SCHEDULE_GROUP)
    await this.publish(await readFile(`${ROOT}/quarterdeck.yaml`, 'utf8'))
    this.#putParameter('/quarterdeck/slack/signing-secret', this.signingSecret, 'SecureString')
    this.#putParameter('/quarterdeck/slack/bot-token', this.botToken, 'SecureString')
    this.#putParameter('/quarterdeck/slack/bot-identity', `${BOT.botId} ${BOT.userId}`, 'String')
    await this.#createTable()
    if (this.#options.isRecurring) for (const one of RECURRING) this.#schedule(one)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Publishes a configuration as `quarterdeck.yaml` says it; one that does not validate is refused and changes nothing. */
  async publish(yaml: string): Promise<Config> {
    const compiled = compileConfig(yaml, { clusters: this.fleet.clusterNames() })
    if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
    this.#putParameter('/quarterdeck/config', JSON.stringify(compiled.config), 'String')
    return compiled.config
  }

  /** Resolves when no function runs and no delivery is under way. */
  async quiet(): Promise<void> {
    do {
      await Promise.all([this.functions.idle(), this.slack.idle()])
      await new Promise(resolve => setImmediate(resolve))
    } while (this.functions.inFlight > 0)
  }

  /** Leaps from one due moment to the next until `isTrue`; fails when the world has nothing left to do, or after `limitMs`. */
  async until(isTrue: () => boolean, limitMs = 24 * 3_600_000): Promise<void> {
    const end = this.clock.now() + limitMs
    for (;;) {
      await this.quiet()
      if (isTrue()) return
      const next = this.clock.next()
      if (next === undefined || next > end) throw new Error('the world came to rest before that was true')
      this.clock.advanceTo(next)
    }
  }

  /** What Scheduler does every few minutes, now. */
  async recur(kind: 'index' | 'digest'): Promise<void> {
    this.functions.invokeAsync(this.#spec('schedule'), { kind })
    await this.quiet()
  }

  async stop(): Promise<void> {
    this.clock.stop()
    this.functions.stop()
    await this.aws.close()
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const [, method] = /^\/api\/([\w.]+)/.exec(req.url ?? '') ?? []
      if (method !== undefined) this.onSlackCall(method, 'before')
      for (const route of [this.slack.route, ...this.routes]) {
        if (!(await route(req, res))) continue
        if (method !== undefined) this.onSlackCall(method, 'after')
        return
      }
      res.writeHead(404, { 'content-type': 'text/plain' }).end('not found')
    } catch (error) {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' })
      res.end(error instanceof Error ? error.message : String(error))
    }
  }

  async #ingress(event: object) {
    const finished = await this.functions.run(this.#spec('slack'), event)
    if ('error' in finished) throw new Error(`${finished.error.errorType}: ${finished.error.errorMessage}`)
    return JSON.parse(finished.result)
  }

  #spec(name: FunctionName): FunctionSpec {
    const spec = this.functions.specOf(`quarterdeck-${name}`)
    if (spec === undefined) throw new Error(`no function ${name}`)
    return spec
  }

  #specs(): readonly FunctionSpec[] {
    return (Object.keys(FILES) as FunctionName[]).map(name => ({
      name: `quarterdeck-${name}`,
      file: `${ROOT}/dist/${FILES[name]}`,
      arn: `arn:aws:lambda:${HUB.region}:${HUB.account}:function:quarterdeck-${name}`,
      timeoutMs: name === 'slack' ? 10_000 : name === 'operation' ? 900_000 : 300_000,
      durable: name === 'operation',
      // As infra/hub-stack.ts has it: nobody waits any more for what was asked minutes ago.
      ...(name === 'query' && { retries: 0 }),
      env: (container, held) => this.#environment(name, container, held),
    }))
  }

  /** What Lambda sets, and what our infrastructure sets. */
  #environment(
    name: FunctionName,
    container: string,
    held?: Readonly<Record<string, string>>,
  ): Readonly<Record<string, string>> {
    const role = `quarterdeck-${name}`
    const holder = {
      account: HUB.account,
      arn: `arn:aws:sts::${HUB.account}:assumed-role/${role}/${role}`,
      roleArn: `arn:aws:iam::${HUB.account}:role/${role}`,
      userId: `AROAQUARTERDECK${name.toUpperCase()}:${role}`,
      container,
    }
    const credential = this.aws.credentials.issue(holder, held && keysOf(held))
    return {
      AWS_REGION: HUB.region,
      AWS_ACCESS_KEY_ID: credential.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
      AWS_SESSION_TOKEN: credential.sessionToken ?? '',
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_LAMBDA_FUNCTION_NAME: role,
      SLACK_API_URL: `${this.url}/api/`,
      TABLE,
      QUERY_FUNCTION: 'quarterdeck-query',
      DECISION_FUNCTION: 'quarterdeck-decision',
      OPERATION_FUNCTION: 'quarterdeck-operation:live',
      ...toSchedule(HUB),
    }
  }

  #schedule({ name, expression, input }: (typeof RECURRING)[number]): void {
    this.aws.scheduler.add(HUB, {
      Name: name,
      GroupName: SCHEDULE_GROUP,
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: toSchedule(HUB)['SCHEDULE_FUNCTION'],
        RoleArn: toSchedule(HUB)['SCHEDULER_ROLE'],
        Input: input,
      },
    })
  }

  /** The roles as they are deployed: the same documents. */
  #addRoles(): void {
    const add = (account: string, { name, trustPolicy, policies, boundary, maxSessionSeconds }: Role) =>
      this.aws.roles.add({
        account,
        name,
        trustPolicy,
        policies,
        maxSessionDuration: maxSessionSeconds,
        ...(boundary && { boundary }),
      })
    for (const role of hubRoles({ ...HUB, table: TABLE })) add(HUB.account, role)
    for (const account of ACCOUNTS) for (const role of spokeRoles({ account, hub: HUB.account })) add(account, role)
  }

  #putParameter(name: string, value: string, type: 'String' | 'SecureString'): void {
    this.aws.parameters.put(HUB, name, { value, type, at: this.clock.now(), by: localUser.arn })
  }

  async #createTable(): Promise<void> {
    const client = new DynamoDBClient({
      region: HUB.region,
      endpoint: this.aws.url,
      credentials: { accessKeyId: localUser.accessKeyId, secretAccessKey: localUser.secretAccessKey },
    })
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    )
    client.destroy()
  }
}

const keysOf = ({
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_SESSION_TOKEN = '',
}: Readonly<Record<string, string>>): Keys => ({
  accessKeyId: AWS_ACCESS_KEY_ID,
  secretAccessKey: AWS_SECRET_ACCESS_KEY,
  sessionToken: AWS_SESSION_TOKEN,
})

export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = new Sandbox(options)
  await sandbox.start()
  return sandbox
}
