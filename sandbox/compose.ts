// Creates the parts of the sandbox and connects them: clock, fleet, simulated AWS, Lambda with the built handlers, and
// Slack.
import { RULES } from '../infra/event-rules.ts'
import { type Aws, createAws } from './aws/aws.ts'
import { createEventBridge, type EventKnobs } from './aws/services/event-bridge.ts'
import { addExecKeys } from './aws/services/kms/kms-keys.ts'
import { addExecBuckets } from './aws/services/s3/buckets.ts'
import { addTaskParameters } from './aws/services/ssm/describe-parameters.ts'
import { type FunctionName, functionSpecs, ROOT } from './infrastructure.ts'
import { Durable } from './lambda/durable/engine.ts'
import { createEndings, type EndingKnobs } from './lambda/endings.ts'
import { type FunctionSpec, Functions } from './lambda/functions.ts'
import { createLambdaService } from './lambda/service.ts'
import type { Warm } from './lambda/warm.ts'
import { readManifest } from './slack/manifest.ts'
import type { RealTime } from './slack/real-time.ts'
import { createSlack, type Slack } from './slack/slack.ts'
import { addTaskRoles } from './ssm/task-role.ts'
import { type Autoscaling, createAutoscaling } from './world/autoscaling/autoscaling.ts'
import { Clock } from './world/clock.ts'
import { createFleet, type Fleet } from './world/fleet.ts'
import { generateServices, seedWorld } from './world/seed.ts'
import { seedRelease } from './world/seed-release.ts'
import { seedScaling } from './world/seed-scaling.ts'

export type SandboxOptions = {
  /** World seconds per real second. At 0, time advances only when a test advances it. */
  readonly speed?: number
  /** The time at which the simulated world begins, in epoch milliseconds. */
  readonly start?: number
  /** The ports on 127.0.0.1; free ones by default. */
  readonly port?: number
  readonly awsPort?: number
  /** The number of generated services, in addition to those of the seed. */
  readonly services?: number
  readonly seed?: number
  /** The folder with the built bundles: `dist/` by default. */
  readonly dist?: string
  /** The clock for Slack's 3-second limits; by default the real time of this machine. */
  readonly real?: RealTime
  /** Containers that an earlier sandbox kept, and that this sandbox uses again. */
  readonly warm?: Warm
  /**
   * Whether the recurring schedules (service index, digests) run by themselves, as in a deployment. By default, they run only
   * when `recur` is called.
   */
  readonly isRecurring?: boolean
  /** Whether the cluster `release` exists, which has one service for each deployment strategy. */
  readonly hasRelease?: boolean
  /** Whether ECS events are delivered to the events function. Off by default, because it makes the sandbox slower. */
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

/** Composes the sandbox. `url`: returns the URL of the simulated Slack, once its server listens. */
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
    ...readManifest(),
    shortcuts: [{ name: 'Operate ECS', callbackId: 'operate' }],
    handler: event => callIngress(lambda, event),
    ...(options.real !== undefined && { real: options.real }),
  })
  return { ...fleet, ...lambda, aws, slack, specsIn, ...(events && { events }) }
}

const createWorld = ({ speed = 0, start = Date.now(), seed = 1, services = 0, hasRelease = false }: SandboxOptions) => {
  const clock = new Clock({ start, speed })
  const fleet = createFleet({ clock, seed })
  const autoscaling = createAutoscaling(fleet)
  seedWorld(fleet)
  seedScaling(fleet, autoscaling)
  if (hasRelease) seedRelease(fleet, autoscaling)
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
  addTaskParameters(aws.parameters, fleet)
  return aws
}

const callIngress = async ({ functions, specOf }: Lambda, event: object) => {
  const finished = await functions.run(specOf('slack'), event)
  if ('error' in finished) throw new Error(`${finished.error.errorType}: ${finished.error.errorMessage}`)
  return JSON.parse(finished.result)
}
