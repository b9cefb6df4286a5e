// Performs a schedule's steps on a sandbox, and waits for quiet after each.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { HUB, type Sandbox } from '../../sandbox/sandbox.ts'
import { containersOf } from '../../sandbox/ssm/container.ts'
import type { Service, Spec } from '../../sandbox/world/state.ts'
import { CONTAINER_TAG, GRANT_TAG } from '../../src/features/exec/grant.ts'
import { pass } from '../world/driving.ts'
import { cardOf, isOpen, offer, operationAt, press, type Stage, vote } from './click.ts'
import { yamlOf } from './rules.ts'
import type { Step } from './step.ts'
import { nowInForce } from './watch.ts'

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>

const EXAMPLE = fileURLToPath(new URL('../../quarterdeck.yaml', import.meta.url))

export const perform = async (step: Step, stage: Stage): Promise<void> => {
  await begin(step, stage)
  stage.seen.scale.recordOutsideChanges()
  await stage.sandbox.quiet()
}

const begin = async (step: Step, stage: Stage): Promise<void> => {
  switch (step.kind) {
    case 'ask':
      return ask(step, stage)
    case 'vote':
      return vote(step, stage)
    case 'offer':
      return offer(step, stage)
    case 'press':
      return press(step, stage)
    case 'burst':
      return void (await Promise.all(step.votes.map(one => vote(one, stage))))
    case 'pass':
      return pass(step.ms, stage.sandbox)
    case 'jump':
      return jump(step.ms, stage)
    case 'to expiry':
      return toExpiry(step, stage)
    case 'publish':
      return publish(step, stage)
    default:
      return performEvent(step, stage)
  }
}

/** Events that happen at once, without a request. */
const performEvent = (
  step: Exclude<Step, StepOf<'ask' | 'vote' | 'offer' | 'press' | 'burst' | 'pass' | 'jump' | 'to expiry' | 'publish'>>,
  stage: Stage,
): void => {
  const { sandbox, seen } = stage
  switch (step.kind) {
    case 'aws fault':
      if (isLong(step.fault)) seen.hadOutage = true
      sandbox.aws.faults.add(step.fault)
      break
    case 'slack fault':
      slackFault(step, stage)
      break
    case 'kill at slack':
      killAtSlack(step, sandbox)
      break
    case 'kill all':
      sandbox.functions.killAll(step.name)
      break
    case 'colleague':
    case 'service':
    case 'bounds':
    case 'suspended':
      change(step, stage)
      break
    case 'group':
    case 'active':
      people(step, stage)
      break
    case 'enter':
      enter(step, sandbox)
      break
    case 'delete card':
      deleteCard(operationAt(step.op, sandbox), sandbox)
      break
    case 'archive':
      archive(step, stage)
      break
    case 'twice':
      sandbox.durable.deliversTwice = step.isOn
      sandbox.functions.deliversTwice = new Set(step.isOn ? TWICE : [])
  }
}

const TWICE = ['quarterdeck-query', 'quarterdeck-decision', 'quarterdeck-schedule']

/** A step makes eight attempts. */
const PATIENCE = 8

const isLong = ({ effect, times = 1 }: StepOf<'aws fault'>['fault']): boolean =>
  times >= PATIENCE || (effect.kind === 'error' && (effect.status ?? 400) < 500)

const slackFault = ({ fault }: StepOf<'slack fault'>, { sandbox, seen }: Stage): void => {
  const { method, effect, times = 1 } = fault
  if (method === 'chat.update') {
    seen.updateFaults += times
    if (effect.kind === 'ratelimited') seen.limits += times
    if (effect.kind === 'error' || seen.updateFaults >= PATIENCE) seen.hadOutage = true
  }
  sandbox.slack.faults.add(fault)
}

const deleteCard = (operation: string | undefined, sandbox: Sandbox): void => {
  const message = cardOf(operation, sandbox)
  if (message !== undefined) sandbox.slack.workspace.remove(message.channel, message.ts)
}

const ask = async ({ user, channel, line, twice = false }: StepOf<'ask'>, { sandbox, seen }: Stage): Promise<void> => {
  // People cannot type in an archived channel.
  if (!isOpen(channel, sandbox)) return
  const before = sandbox.durable.executions.size
  let answer = ''
  const stop = sandbox.slack.subscribe(change => {
    if (change.kind === 'ephemeral' && change.to === user) answer += JSON.stringify(change.message)
  })
  await sandbox.slack.deliver.command({ user, channel, text: line }, { twice })
  await sandbox.quiet()
  stop()
  const isDenied = /Request failed; nothing was changed[\s\S]*Try again in a moment\./.test(answer)
  if (!twice && isDenied && sandbox.durable.executions.size > before) seen.deniedRequests.push(line)
}

const archive = ({ channel: id, isArchived }: StepOf<'archive'>, { sandbox, seen }: Stage): void => {
  const { workspace } = sandbox.slack
  const channel = workspace.channels.get(id)
  if (channel !== undefined) workspace.putChannel({ ...channel, archived: isArchived })
  if (isArchived) seen.archived.add(id)
}

const jump = (ms: number, { sandbox, seen }: Stage): void => {
  const from = sandbox.clock.now()
  sandbox.clock.advance(ms)
  seen.jumps.push({ from, until: sandbox.clock.now() })
}

const toExpiry = async ({ op, ms }: StepOf<'to expiry'>, { sandbox, seen }: Stage): Promise<void> => {
  const operation = operationAt(op, sandbox)
  const approval = seen.approvals.findLast(one => one.operation === operation)
  if (approval === undefined || approval.decision !== undefined) return
  const left = Date.parse(approval.expiresAt) + ms - sandbox.clock.now()
  if (left > 0) await pass(left, sandbox)
}

const publish = async ({ rules }: StepOf<'publish'>, { sandbox, seen }: Stage): Promise<void> => {
  await sandbox.publish(yamlOf(rules, await readFile(EXAMPLE, 'utf8')))
  seen.inForce.push({ ...nowInForce(seen), at: sandbox.clock.now(), rules })
}

const people = (step: StepOf<'group' | 'active'>, { sandbox, seen }: Stage): void => {
  const { workspace } = sandbox.slack
  const now = { ...nowInForce(seen), at: sandbox.clock.now() }
  if (step.kind === 'group') {
    const group = workspace.groups.get(step.group)
    if (group !== undefined) workspace.groups.set(step.group, { ...group, users: step.users })
    seen.inForce.push({ ...now, groups: { ...now.groups, [step.group]: step.users } })
    return
  }
  const user = workspace.users.get(step.user)
  if (user !== undefined) workspace.putUser({ ...user, deleted: !step.isActive })
  const others = now.inactive.filter(one => one !== step.user)
  seen.inForce.push({ ...now, inactive: step.isActive ? others : [...others, step.user] })
}

const killAtSlack = ({ name, method, when, nth }: StepOf<'kill at slack'>, sandbox: Sandbox): void => {
  let left = nth
  sandbox.onSlackCall = (called, moment) => {
    if (called !== method || moment !== when) return
    left -= 1
    if (left === 0) sandbox.functions.killAll(name)
  }
}

const serviceNamed = (name: string, { fleet }: Sandbox): Service => {
  const [cluster = '', service = ''] = name.split('/')
  const found = fleet.site(HUB).clusters.get(cluster)?.services.get(service)
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

const change = (step: StepOf<'colleague' | 'service' | 'bounds' | 'suspended'>, stage: Stage): void => {
  const { sandbox, seen } = stage
  const { fleet, clock } = sandbox
  const service = serviceNamed(step.service, sandbox)
  if (step.kind === 'bounds' || step.kind === 'suspended') {
    register(step, service, stage)
    return
  }
  if (step.kind === 'colleague') {
    service.desired = step.count
    fleet.touch(service)
    return
  }
  const spec = service.deployments[0]?.revision.spec
  if (step.does === 'deploys' && spec !== undefined) fleet.deploy(service, spec)
  if (step.does === 'deploys another' && spec !== undefined) deployAnother(service, spec, fleet)
  if (step.does === 'is recreated') {
    Object.assign(service, { createdAt: clock.now() })
    seen.scale.noteNew(service)
  }
  if (step.does === 'fails') fleet.knobs.failService(service.arn, 'exit1')
  if (step.does === 'is healed') fleet.knobs.healService(service.arn)
}

/** The previous revision, or the newest after the first. */
const deployAnother = (service: Service, spec: Spec, fleet: Sandbox['fleet']): void => {
  const known = fleet.site(service.cluster).taskDefinitions.get(spec.taskDefinition.family) ?? []
  const taskDefinition = known.at(spec.taskDefinition.revision - 2)
  if (taskDefinition !== undefined) fleet.deploy(service, { ...spec, taskDefinition })
}

/** Enters as a policy for people allows: only with the tag. */
const enter = ({ op }: StepOf<'enter'>, { fleet, aws }: Sandbox): void => {
  const open = [...fleet.site(HUB).clusters.values()]
    .flatMap(({ tasks }) => [...tasks.values()])
    .filter(({ tags, lastStatus }) => GRANT_TAG in tags && lastStatus === 'RUNNING')
  const task = open[op % Math.max(1, open.length)]
  const container = task && containersOf(task).find(({ name }) => name === task.tags[CONTAINER_TAG])
  if (container === undefined || !aws.exec.hasSlot(container)) return
  aws.exec.start(container, '/bin/sh', { accessKeyId: '', account: HUB.account, arn: PERSON, userId: PERSON })
}

const PERSON = 'arn:aws:sts::111122223333:assumed-role/engineer/terminal'

/** Only for a service that already scales. */
const register = (step: StepOf<'bounds' | 'suspended'>, service: Service, { sandbox, seen }: Stage): void => {
  const { autoscaling } = sandbox
  const target = autoscaling.targetOf(service)
  if (target === undefined) return
  const isAnew = step.kind === 'bounds' && step.isAnew === true
  if (isAnew) autoscaling.deregister(target)
  const suspended = { DynamicScalingInSuspended: step.kind === 'suspended' && step.isSuspended }
  autoscaling.register(
    service.cluster,
    target.resourceId,
    step.kind === 'bounds' ? { min: step.min, max: step.max } : { suspended },
  )
  if (isAnew) seen.scale.noteNewTarget(service)
}
