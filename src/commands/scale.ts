// /ecs scale: how many tasks a service runs.
import { mutation, type Progress } from '../command.ts'
import { refuse } from '../errors.ts'
import { absoluteCount, type Count, MOST_TASKS } from '../grammar.ts'
import type { Service, StoppedTask } from '../model.ts'
import type { Plan, Risk } from '../plan.ts'
import { fullName } from '../target.ts'
import { whyStopped } from '../why-stopped.ts'

export const scale = mutation({
  name: 'scale',
  summary: 'Change how many tasks a service runs',
  args: { service: { kind: 'service' }, count: { kind: 'count' } },
  options: {},
  examples: ['scale orders-api 6', 'scale web/orders-api +2 --reason "queue is growing"', 'scale orders-api 50%'],
  reads: ['ecs:DescribeServices', 'ecs:ListTasks', 'ecs:DescribeTasks'],
  writes: ['ecs:UpdateService'],

  load: async ({ service }, read) =>
    (await read.service(service)) ?? refuse(`*${fullName(service)}* is not there any more.`),

  plan: ({ count }, service: Service) =>
    refusalOf(service, count) ?? planScale(service, absoluteCount(count, service.desired)),

  settled: async (plan, since, now, read) => {
    const service = await read.service(plan.target)
    if (service === undefined) return { status: 'superseded', text: 'The service was deleted meanwhile.' }
    const stopped = await read.stoppedTasks(plan.target)
    return progress(
      service,
      desiredOf(plan),
      stopped.filter(task => task.createdAt >= since && isFailure(task)),
      elapsed(since, now),
    )
  },
})

const refusalOf = (service: Service, count: Count) => {
  const name = `*${service.ref.service}*`
  if (service.status !== 'ACTIVE')
    return refuse(`${name} is ${service.status.toLowerCase()}: there is nothing left to scale.`)
  if (service.scheduling === 'DAEMON') {
    return refuse(
      `${name} is a daemon: it runs one task on every instance, so it has no count.`,
      'Change the number of instances instead.',
    )
  }
  const wanted = absoluteCount(count, service.desired)
  const runs = `${name} is set to ${tasks(service.desired)}`
  if (wanted < 0)
    return refuse(`${runs}: that would leave ${wanted}.`, `Write \`0\` to stop it, or at most \`-${service.desired}\`.`)
  if (wanted > MOST_TASKS)
    return refuse(`${runs}: that would make ${wanted}, and ECS runs at most 5,000 in one service.`)
  if (wanted === service.desired) return refuse(`${runs} already.`, 'Nothing to change.')
  return undefined
}

const planScale = (service: Service, wanted: number): Plan => {
  const { ref, desired } = service
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  const isDeploying = primary?.rolloutState === 'IN_PROGRESS'
  return {
    kind: 'plan',
    command: 'scale',
    invocation: `scale ${fullName(ref)} ${wanted}`,
    target: ref,
    title: `Scale *${ref.service}* from ${desired} to ${wanted}`,
    changes: [{ what: 'Desired tasks', from: `${desired}`, to: `${wanted}` }],
    risk: riskOf(desired, wanted),
    size: Math.abs(wanted - desired),
    tasks: wanted,
    consequences: consequencesOf(service, wanted, isDeploying),
    offers: offersOf(service, wanted),
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input: { cluster: ref.cluster, service: ref.arn, desiredCount: wanted },
        resources: [ref.arn],
        repeatable: true,
      },
    ],
    binds: { createdAt: service.createdAt, deployment: primary?.id ?? '', direction: wanted > desired ? 'up' : 'down' },
    drifts: { 'desired tasks': desired },
  }
}

const riskOf = (from: number, to: number): Risk => {
  if (to === 0) return { level: 'high', reasons: ['No task is left: the service stops answering'] }
  if (to < from / 2) return { level: 'high', reasons: [`More than half of the tasks stop (${from - to} of ${from})`] }
  if (to > from * 4 && to - from > 10)
    return { level: 'medium', reasons: [`${to - from} more tasks are more than four times as many`] }
  if (to < from) return { level: 'medium', reasons: [`${tasks(from - to)} fewer to carry the load`] }
  return { level: 'low', reasons: [from === 0 ? 'Starts a stopped service' : 'Adds tasks; none is stopped'] }
}

/** Half first: what an operator does who is not sure. */
const offersOf = ({ ref, desired }: Service, wanted: number): Plan['offers'] => {
  const half = Math.ceil(desired / 2)
  if (desired < 4 || wanted >= half) return []
  return [{ label: `Scale To ${half} First`, invocation: `scale ${fullName(ref)} ${half}` }]
}

const consequencesOf = ({ desired, running }: Service, wanted: number, isDeploying: boolean): readonly string[] => [
  wanted > desired
    ? `ECS starts ${tasks(wanted - desired)}; it launches at most 500 a minute for one service.`
    : `ECS picks ${tasks(desired - wanted)} and stops ${desired - wanted === 1 ? 'it' : 'them'}, after draining.`,
  ...(running === desired ? [] : [`${running} of ${desired} run at the moment.`]),
  ...(isDeploying ? ['A deployment is in progress: its tasks count towards the new number.'] : []),
]

const desiredOf = (plan: Plan): number => Number(plan.calls[0]?.input['desiredCount'])

const isFailure = ({ stopCode }: StoppedTask): boolean => /TaskFailedToStart|EssentialContainerExited/.test(stopCode)

const FAILURES_TO_GIVE_UP = 3

const progress = (service: Service, wanted: number, failed: readonly StoppedTask[], minutes: number): Progress => {
  const { desired, running, pending } = service
  const counts = `${running}/${wanted} running${pending > 0 ? `, ${pending} pending` : ''}`
  const text = failed.length > 0 ? `${counts}, ${failed.length} failed to start` : counts
  if (desired !== wanted)
    return { status: 'superseded', text: `The count was set to ${desired} meanwhile, not by this operation.` }
  if (running === wanted && pending === 0) return { status: 'done', text: `${running}/${wanted} running` }
  if (running < wanted && failed.length >= FAILURES_TO_GIVE_UP)
    return failure(`${text}: its tasks do not stay up.`, failed)
  if (minutes > limitMinutes(wanted))
    return failure(`${text} after ${Math.round(minutes)} min.`, failed, latest(service))
  return { status: 'moving', text, share: wanted === 0 ? 0 : Math.min(1, running / wanted) }
}

const failure = (text: string, failed: readonly StoppedTask[], also: readonly string[] = []): Progress => ({
  status: 'failed',
  text,
  details: [...new Set([...failed.map(whyStopped), ...also])].slice(0, 5),
})

const latest = ({ events }: Service): readonly string[] => events.slice(0, 1).map(({ message }) => message)

/** Launches at 500 a minute, ten minutes for images and health checks. */
const limitMinutes = (wanted: number): number => 10 + wanted / 500

const elapsed = (since: string, now: string): number => (Date.parse(now) - Date.parse(since)) / 60_000

const tasks = (count: number): string => `${count} ${count === 1 ? 'task' : 'tasks'}`
