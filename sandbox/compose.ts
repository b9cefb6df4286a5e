// Builds the parts of the sandbox and connects them: clock, fleet, AWS at the wire, Lambda with the built handlers, Slack.
import { RULES } from '../infra/event-rules.ts'
import { type Aws, createAws } from './aws/aws.ts'
import { createEventBridge, type EventKnobs } from './aws/services/event-bridge.ts'
import { addExecKeys } from './aws/services/kms/kms-keys.ts'
import { addExecBuckets } from './aws/services/s3/buckets.ts'
import { type FunctionName, functionSpecs, ROOT } from './infrastructure.ts'
import { Durable } from './lambda/durable/engine.ts'
import { createEndings, type EndingKnobs } from './lambda/endings.ts'
import { type FunctionSpec, Functions } from './lambda/functions.ts'
import { createLambdaService } from './lambda/service.ts'
import type { Warm } from './lambda/warm.ts'
import type { RealTime } from './slack/real-time.ts'
import { createSlack, type Slack } from './slack/slack.ts'
import { addTaskRoles } from './ssm/task-role.ts'
import { type Autoscaling, createAutoscaling } from './world/autoscaling/autoscaling.ts'
import { Clock } from './world/clock.ts'
import { createFleet, type Fleet } from './world/fleet.ts'
import { generateServices, seedWorld } from './world/seed.ts'
import { seedScaling } from './world/seed-scaling.ts'

export type SandboxOptions = {
  /** World seconds per real second; with 0 the clock moves only when a test moves it. */
  readonly speed?: number
  /** Epoch milliseconds at which the world begins. */
  readonly start?: number
  /** Ports on 127.0.0.1; any free ones by default. */
  readonly port?: number
  readonly awsPort?: number
  /** How many generated services to add to the seeded ones. */
  readonly services?: number
  readonly seed?: number
  /** The folder of the built bundles: `dist/` by default. */
  readonly dist?: string
  /** Slack's clock for its 3-second limits; the machine's by default. */
  readonly real?: RealTime
  /** Containers of an earlier world, which this world uses again. */
  readonly warm?: Warm
  /** Runs the recurring schedules (service index, digests), as deployed; by default only `recur` does. */
  readonly isRecurring?: boolean
  /** Delivers ECS's events to the events function; off by default, because it slows the world. */
  readonly hasEvents?: boolean
}

export type Secrets = { readonly signingSecret: string; readonly botToken: string }

export type Parts = {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly autoscaling: Autoscaling
  readonly functions: Functions
  readonly durable: Durable
  readonly endings: EndingKnobs
  readonly aws: Aws
  readonly slack: Slack
  readonly events?: EventKnobs
  readonly specOf: SpecOf
  readonly specsIn: SpecsIn
}

type SpecOf = (name: FunctionName) => FunctionSpec
type SpecsIn = (dist: string) => readonly FunctionSpec[]

/** `url`: Slack's, once it listens. */
export const compose = (options: SandboxOptions, secrets: Secrets, url: () => string): Parts => {
  const fleet = createWorld(options)
  const specsIn: SpecsIn = dist => functionSpecs(dist, () => ({ aws, url: url() }))
  const lambda = createLambda(fleet.clock, specsIn(options.dist ?? `${ROOT}dist`), options.warm)
  const aws = createCloud(fleet, lambda, options.awsPort)
  const { functions, specOf } = lambda
  const events =
    options.hasEvents && createEventBridge(fleet.fleet, RULES, event => functions.invokeAsync(specOf('events'), event))
  const slack = createSlack({
    clock: fleet.clock,
    ...secrets,
    events: ['app_mention', 'app_home_opened'],
    shortcuts: [{ name: 'Operate ECS', callbackId: 'operate' }],
    handler: event => callIngress(lambda, event),
    ...(options.real !== undefined && { real: options.real }),
  })
  return { ...fleet, ...lambda, aws, slack, specsIn, ...(events && { events }) }
}

const createWorld = ({ speed = 0, start = Date.now(), seed = 1, services = 0 }: SandboxOptions) => {
  const clock = new Clock({ start, speed })
  const fleet = createFleet({ clock, seed })
  const autoscaling = createAutoscaling(fleet)
  seedWorld(fleet)
  seedScaling(fleet, autoscaling)
  if (services > 0) generateServices(fleet, services)
  return { clock, fleet, autoscaling }
}

const createLambda = (clock: Clock, specs: readonly FunctionSpec[], warm: Warm | undefined) => {
  const functions = new Functions(clock, specs, warm)
  const durable = new Durable(clock, functions)
  const specOf: SpecOf = name => {
    const spec = functions.specOf(`quarterdeck-${name}`)
    if (spec === undefined) throw new Error(`no function ${name}`)
    return spec
  }
  const endings = createEndings(clock, functions, () => specOf('schedule'))
  durable.onEnded(endings.notify)
  return { functions, durable, endings, specOf }
}

type World = ReturnType<typeof createWorld>
type Lambda = ReturnType<typeof createLambda>

const createCloud = (world: World, { functions, durable }: Lambda, port: number | undefined): Aws => {
  const { fleet } = world
  const aws = createAws({
    ...world,
    iam: true,
    kill: container => functions.kill(container),
    invoke: (arn, event) => {
      const spec = functions.specOf(arn)
      if (spec !== undefined) functions.invokeAsync(spec, event)
      return spec !== undefined
    },
    extraServices: [createLambdaService(functions, durable)],
    ...(port !== undefined && { port }),
  })
  addExecKeys(aws.kms, fleet)
  addExecBuckets(aws.buckets, fleet)
  addTaskRoles(aws.roles, fleet)
  return aws
}

const callIngress = async ({ functions, specOf }: Lambda, event: object) => {
  const finished = await functions.run(specOf('slack'), event)
  if ('error' in finished) throw new Error(`${finished.error.errorType}: ${finished.error.errorMessage}`)
  return JSON.parse(finished.result)
}
