// The largest ordinary plan of each command: names of 255 characters in the longest partition and region.
import { bounds } from '../../../src/commands/autoscale/bounds.ts'
import { createForecast } from '../../../src/commands/autoscale/forecast/create.ts'
import { pauseForecast } from '../../../src/commands/autoscale/forecast/pause.ts'
import { promoteForecast } from '../../../src/commands/autoscale/forecast/promote.ts'
import { resumeScaling } from '../../../src/commands/autoscale/resume.ts'
import { schedule } from '../../../src/commands/autoscale/schedule.ts'
import { suspend } from '../../../src/commands/autoscale/suspend.ts'
import { track } from '../../../src/commands/autoscale/track.ts'
import { unschedule } from '../../../src/commands/autoscale/unschedule.ts'
import { untrack } from '../../../src/commands/autoscale/untrack.ts'
import { attachProvider } from '../../../src/commands/capacity/attach.ts'
import { escapeSpot } from '../../../src/commands/capacity/escape.ts'
import { setCapacity } from '../../../src/commands/capacity/set.ts'
import type { AnyMutation } from '../../../src/commands/command.ts'
import { planApply } from '../../../src/commands/cost/plan-apply.ts'
import { planImage } from '../../../src/commands/deploy/plan-image.ts'
import { planRevision } from '../../../src/commands/deploy/plan-revision.ts'
import { enableExec } from '../../../src/commands/exec/enable.ts'
import { continueGate } from '../../../src/commands/gate/continue.ts'
import { rollbackGate } from '../../../src/commands/gate/rollback.ts'
import { restart } from '../../../src/commands/restart.ts'
import { planDeployment, planStop } from '../../../src/commands/rollback/plan.ts'
import { run } from '../../../src/commands/run.ts'
import { scale } from '../../../src/commands/scale/scale.ts'
import { stop } from '../../../src/commands/stop/stop.ts'
import type { Call, ExecCall, Grant } from '../../../src/engine/change/plan.ts'
import { setStrategy } from '../../../src/features/capacity/capacity-calls.ts'
import type { GateState } from '../../../src/features/deployments/gates/load-gate.ts'
import { grantCall, revokeCall, terminateCall } from '../../../src/features/exec/grant.ts'
import { setBounds, setCount, setSuspensions } from '../../../src/features/scaling/scaling-calls.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import {
  aBase,
  aCapacity,
  aCapacityState,
  anApply,
  anAutoscaling,
  anImageDeploy,
  aRef,
  aRevisionDeploy,
  aScaling,
  aService,
  SAME_IMAGES,
} from '../../builders.ts'

export type Largest = {
  /** As in the registry; or what ends a change. */
  readonly command: string
  readonly role: 'operator' | 'deployer' | 'revert' | 'exec' | 'gate'
  readonly calls: readonly Call[]
}

const LONG = 'n'.repeat(255)
const inRegion = (service: string, rest: string) => `arn:aws-us-gov:${service}:us-gov-east-1:111122223333:${rest}`
export const SERVICE = inRegion('ecs', `service/${LONG}/${LONG}`)
const CLUSTER = inRegion('ecs', `cluster/${LONG}`)
const ID = '0123456789abcdef'.repeat(2)
const TASK = inRegion('ecs', `task/${LONG}/${ID}`)
const TARGET = inRegion('application-autoscaling', 'scalable-target/0ec51a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d')
/** IAM user guide: names of roles have at most 64 characters. */
const roleArn = (kind: string) => `arn:aws-us-gov:iam::111122223333:role/${kind.padEnd(64, 'n')}`

const ref = aRef({ region: 'us-gov-east-1', cluster: LONG, service: LONG, arn: SERVICE })
const service = aService({ ref, desired: 8 })
const autoscaling = anAutoscaling({ arn: TARGET })

const planned = (command: AnyMutation, values: object, state: unknown, role: Largest['role'] = 'operator'): Largest => {
  const plan = command.plan(values, state as never)
  if (isRefusal(plan)) throw new Error(plan.text)
  return { command: command.name, role: plan.role ?? role, calls: plan.calls }
}

const scaling = (more: object = {}) => aScaling({ service, autoscaling, ...more })
const suspended = { ...autoscaling, suspended: { in: true, out: true, scheduled: true } }

const WEEKDAYS = { kind: 'weekly', words: 'weekdays', days: ['mon', 'tue', 'wed', 'thu', 'fri'], at: '08:45' }
const NIGHT = { name: `${LONG}n`, expression: 'cron(0 20 * * ? *)', timezone: 'UTC', max: 6 }
/** Elastic Load Balancing API reference: names have at most 32 characters. */
const NAME = 'n'.repeat(32)
const balancing = {
  controller: 'ECS',
  strategy: 'ROLLING',
  labels: [`app/${NAME}/50dc6c495c0c9188/targetgroup/${NAME}/6d0ecf831eec9f09`],
}
const forecasting = (scalesOut: boolean) =>
  scaling({
    autoscaling: anAutoscaling({
      arn: TARGET,
      policies: [{ name: LONG, kind: 'predictive', metric: 'cpu', says: '', scalesIn: false, scalesOut }],
    }),
  })
const hours = Array.from({ length: 48 }, (_, at) => ({ at, value: 4 }))
const compared = { span: { from: 0, until: 1 }, forecast: { load: [], capacity: hours }, needed: hours }

const REVISION = `${LONG}:2147483647`
const rollback = {
  service,
  from: undefined,
  to: {
    name: REVISION,
    revision: { arn: '', createdAt: '', taskDefinition: REVISION, capacity: '', images: [], settings: [] },
  },
  images: [],
  definition: {
    arn: inRegion('ecs', `task-definition/${REVISION}`),
    isActive: true,
    images: [],
    settings: [],
    roles: ['task', 'execution'].map(roleArn),
  },
}
const record = {
  id: ID,
  arn: inRegion('ecs', `service-deployment/${LONG}/${LONG}/${ID}`),
  status: 'IN_PROGRESS',
  createdAt: '2026-11-22T03:00:00.000Z',
  strategy: 'ROLLING',
  from: [],
  to: '',
}

const gateState: GateState = {
  service,
  record: { ...record, to: 'new', from: ['old'] },
  hook: { id: 'h'.repeat(128), type: 'PAUSE', status: 'AWAITING_ACTION', onTimeout: 'ROLLBACK' },
  others: 0,
  stage: 'POST_PRODUCTION_TRAFFIC_SHIFT',
  from: undefined,
  otherSources: [],
  to: undefined,
  deployers: { by: LONG, people: [], isKnown: false },
  now: '2026-11-22T03:00:00.000Z',
}

const groups = ['first', 'second'].map(name => ({
  name: name.padEnd(64, 'n'),
  type: 'EC2_AUTOSCALING',
  status: 'ACTIVE',
  isAttached: true,
}))
const items = groups.map(({ name }) => ({ provider: name, weight: 1, base: 0 }))
const capacity = aCapacity({ service, providers: groups, attached: groups.map(({ name }) => name) })
const detached = { name: 'third'.padEnd(64, 'n'), type: 'EC2_AUTOSCALING', status: 'ACTIVE', isAttached: false }

const stopping = {
  service,
  task: { id: ID, arn: TASK, status: 'RUNNING', desired: 'RUNNING', group: `service:${LONG}` },
  isStandalone: false,
  reason: 'r'.repeat(255),
}
const running = {
  site: {
    service,
    clusterArn: CLUSTER,
    definition: {
      ...{ arn: rollback.definition.arn, name: REVISION, isActive: true, isWindows: false },
      ...{ roles: rollback.definition.roles, containers: [] },
    },
    where: {
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
      capacityProviderStrategy: items.map(({ provider, ...more }) => ({ capacityProvider: provider, ...more })),
    },
  },
  container: { name: LONG, image: '', isEssential: true, hasEntryPoint: false },
  command: { argv: ['sh', '-c', 'uptime'] },
  tags: SAME_IMAGES,
  invocation: '',
}

const grant: Grant = { minutes: 240, task: ID, taskArn: TASK, container: LONG }
/** A source identity has at most 64 characters (STS API reference). */
const who = { who: { corporateId: 'n'.repeat(64) } } as Parameters<typeof grantCall>[1]
export const command: ExecCall = {
  service: 'ecs',
  action: 'ExecuteCommand',
  input: { cluster: CLUSTER, task: TASK, container: LONG, interactive: true },
  argv: ['uptime'],
  minutes: 5,
  targetId: `ecs:${LONG}_${ID}_${ID}-1234567890`,
  key: inRegion('kms', 'key/mrk-0123456789abcdef0123456789abcdef'),
  resources: [CLUSTER, TASK],
  repeatable: false,
}
export const SESSION = `ecs-execute-command-${'n'.repeat(17)}`

const base = aBase({
  arn: rollback.definition.arn,
  family: LONG,
  roles: rollback.definition.roles,
  compatibilities: ['EC2', 'FARGATE'],
  tagKeys: ['team', 'cost-center', 'Application', 'Environment'],
})
/** The call with the ARN that the earlier one answered, as the interpreter sends it. */
const [register, update] = planImage(anImageDeploy({ service, base })).calls.map(call => ({
  ...call,
  input: { ...call.input, ...('takes' in call && { taskDefinition: base.arn }) },
})) as [Call, Call]
/** Ten containers, each with a long name: the session policy has none of them. */
const sizes = Array.from({ length: 10 }, (_, at) => ({ name: `${at}`.padEnd(255, 'n'), cpu: 51, memory: 102 }))
const [resize] = planApply(anApply({ service, base: { ...base, sizes } })).calls
if (resize === undefined) throw new Error('no call')
const revision = planRevision(aRevisionDeploy({ service, base, definition: base }))
if (isRefusal(revision)) throw new Error(revision.text)

export const largestPlans: readonly Largest[] = [
  { command: 'deploy', role: 'deployer', calls: [register] },
  { command: 'deploy', role: 'deployer', calls: [update] },
  { command: 'deploy', role: 'deployer', calls: revision.calls },
  { command: 'cost apply', role: 'deployer', calls: [resize] },
  planned(scale, { count: { kind: 'exactly', tasks: 9 } }, aScaling({ service })),
  planned(scale, { count: { kind: 'exactly', tasks: 9 }, for: 60 }, scaling()),
  planned(scale, { count: { kind: 'exactly', tasks: 12 }, 'move-bounds': true }, scaling()),
  planned(scale, { count: { kind: 'exactly', tasks: 9 }, suspend: true }, scaling()),
  planned(restart, {}, { service, tags: SAME_IMAGES }),
  planned(stop, {}, stopping),
  planned(run, {}, running),
  planned(bounds, { bounds: { min: 2, max: 20 } }, scaling()),
  planned(bounds, { bounds: { min: 2, max: 20 } }, scaling({ service: { ...service, isExpress: true } })),
  planned(suspend, { for: 60 }, scaling()),
  planned(resumeScaling, {}, scaling({ autoscaling: suspended })),
  planned(schedule, { when: WEEKDAYS, bounds: { min: 20, max: 40 }, until: '17:30' }, scaling()),
  planned(unschedule, { name: `${LONG}n` }, scaling({ autoscaling: { ...autoscaling, schedules: [NIGHT] } })),
  planned(track, { metric: 'requests', target: 900 }, { scaling: scaling(), balancing }),
  planned(untrack, { policy: 'cpu' }, scaling()),
  planned(createForecast, { metric: 'requests', target: 900 }, { scaling: scaling(), balancing }),
  planned(promoteForecast, {}, { scaling: forecasting(false), compared }),
  planned(pauseForecast, {}, forecasting(true)),
  planned(enableExec, {}, { service, tags: SAME_IMAGES }),
  planned(setCapacity, { strategy: { kind: 'providers', items } }, aCapacityState({ service: capacity })),
  planned(
    setCapacity,
    { strategy: { kind: 'launch type', launchType: 'EC2' } },
    aCapacityState({ service: aCapacity({ service: { ...service, strategy: items } }) }),
  ),
  planned(
    escapeSpot,
    { for: 60 },
    aCapacityState({
      service: aCapacity({ service: { ...service, strategy: [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }] } }),
    }),
  ),
  planned(attachProvider, {}, { service: capacity, provider: detached }),
  { command: 'rollback', role: 'deployer', calls: planDeployment(rollback).calls },
  { command: 'rollback', role: 'deployer', calls: planStop(rollback, record).calls },
  planned(continueGate, {}, gateState),
  planned(rollbackGate, {}, gateState),
  { command: 'exec', role: 'exec', calls: [command] },
  { command: 'exec', role: 'exec', calls: [grantCall(grant, who)] },
  { command: 'exec terminate', role: 'exec', calls: [terminateCall(SERVICE, SESSION)] },
  {
    command: 'end of a grant',
    role: 'exec',
    calls: [revokeCall(grant, ['Quarterdeck:exec', 'QUARTERDECK:EXEC', 'quarterdeck:Exec-Container'])],
  },
  { command: 'end of a lease', role: 'revert', calls: [setCount(ref, 4)] },
  { command: 'end of a lease', role: 'revert', calls: [setStrategy(ref, items)] },
  { command: 'end of a lease', role: 'revert', calls: [setBounds(ref, TARGET, { min: 4, max: 9 })] },
  {
    command: 'end of a lease',
    role: 'revert',
    calls: [setSuspensions(ref, TARGET, { in: false, out: false, scheduled: false })],
  },
]
