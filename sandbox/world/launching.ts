// Starts tasks for the scheduler, at the rate of ECS, while capacity is available.

import { boundsOf, wantedOf } from './bounds.ts'
import { addServiceEvent, addServiceEventOnce, type Engine } from './context.ts'
import { keptIn, mayScaleUp } from './course.ts'
import { noCapacity, noQuota } from './failures.ts'
import { createServiceTask, siteAt } from './making.ts'
import { countFailure, countLaunch, noneFailed, type Placement, placementFor } from './placement.ts'
import { purchaseOf, usedVcpus, vcpusOf } from './quotas.ts'
import {
  type Cluster,
  type Deployment,
  isAlive,
  type Service,
  type Task,
  type TaskDefinition,
  tasksOf,
} from './state.ts'

/** The launch rate in tasks per millisecond: 500 tasks a minute for each service, in bursts of ten. */
const launchRate = 500 / 60_000
const launchBurst = 10

/** The milliseconds until the scheduler evaluates a service again if nothing triggers an earlier evaluation. */
export const recheck = 30_000

const takeTokens = ({ clock }: Engine, { scheduler }: Service, count: number): number => {
  const now = clock.now()
  scheduler.tokens = Math.min(launchBurst, scheduler.tokens + (now - scheduler.countedAt) * launchRate)
  scheduler.countedAt = now
  const granted = Math.min(count, Math.floor(scheduler.tokens))
  scheduler.tokens -= granted
  return granted
}

const refuse = (engine: Engine, service: Service, placement: Placement, reason: string) => {
  addServiceEventOnce(
    engine,
    service,
    `was unable to place a task. Reason: ${reason}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  )
  const { region, account, hosts } = service.cluster
  const isOnFargate = placement.launchType === 'FARGATE'
  engine.emitter.serviceAction(service, 'SERVICE_TASK_PLACEMENT_FAILURE', {
    ...(isOnFargate &&
      placement.capacityProvider !== undefined && {
        capacityProviderArns: [`arn:aws:ecs:${region}:${account}:capacity-provider/${placement.capacityProvider}`],
      }),
    ...(placement.launchType === 'EC2' && { containerInstanceArns: hosts.map(({ arn }) => arn) }),
    reason: isOnFargate ? 'RESOURCE:FARGATE' : 'RESOURCE:CPU',
  })
}

/** One launch. `service`: absent for a task that does not belong to a service. */
type Launch = { readonly cluster: Cluster; readonly service?: Service; readonly definition: TaskDefinition }

/** Whether one more task stays within the account's Fargate quota in the region. */
const isWithinQuota = ({ quotas, sites }: Engine, { cluster, definition }: Launch, placement: Placement): boolean => {
  const size = vcpusOf({ launchType: placement.launchType, definition })
  if (size === 0) return true
  const clusters = [...(sites.get(`${cluster.account}/${cluster.region}`)?.clusters.values() ?? [])]
  const purchase = purchaseOf(placement)
  const used = clusters.reduce((sum, { tasks }) => sum + usedVcpus(tasks.values(), purchase), 0)
  return used + size <= quotas.vcpus(cluster, purchase)
}

/** The reason why there is no capacity for one more task; undefined if there is capacity. */
export const reasonAgainst = (engine: Engine, launch: Launch, placement: Placement): string | undefined => {
  const how = engine.knobs.failureOf(launch.service, launch.definition)
  if (how === 'capacity' || engine.knobs.isExhausted(placement.capacityProvider ?? placement.launchType))
    return noCapacity
  return isWithinQuota(engine, launch, placement) ? undefined : noQuota
}

/** Starts up to `count` tasks and returns those that started. If one launch has no capacity, the others still start. */
const placeAll = (engine: Engine, service: Service, primary: Deployment, count: number): readonly Task[] => {
  const { capacityProviders } = siteAt(engine, service.cluster)
  const definition = primary.revision.spec.taskDefinition
  const failed = noneFailed()
  const refused = new Set<string>()
  const started: Task[] = []
  for (let left = count; left > 0; left -= 1) {
    const placement = placementFor(capacityProviders, service, primary, failed)
    const reason = reasonAgainst(engine, { cluster: service.cluster, service, definition }, placement)
    if (reason === undefined) {
      countLaunch(primary.launches, placement)
      started.push(createServiceTask(engine, service, primary, placement))
      continue
    }
    const { capacityProvider } = placement
    const key = `${capacityProvider} ${reason}`
    if (!refused.has(key)) refuse(engine, service, placement, reason)
    refused.add(key)
    if (capacityProvider === undefined) break
    countFailure(failed, placement)
  }
  return started
}

/** The number of tasks to start now. A deployment never has more tasks than its maximum. */
const lackingIn = (engine: Engine, service: Service, deployment: Deployment): number => {
  const lacking = wantedOf(service) - tasksOf(service, deployment).filter(isAlive).length
  if (service.deployments.length === 1 || keptIn(service)) return lacking
  const { least, most } = boundsOf(service)
  const room = most - [...service.tasks].filter(isAlive).length
  if (lacking > 0 && room <= 0 && most <= least)
    addServiceEventOnce(
      engine,
      service,
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    )
  return Math.min(lacking, room)
}

/** Starts tasks. Returns the milliseconds until the next evaluation; undefined if all tasks are started. */
export const launch = (engine: Engine, service: Service): number | undefined => {
  const [primary] = service.deployments
  if (!primary || service.status !== 'ACTIVE' || primary.rolloutState === 'FAILED') return undefined
  const kept = keptIn(service)
  const waits = [...(kept ? [kept] : []), ...(mayScaleUp(primary) ? [primary] : [])].map(deployment =>
    launchFor(engine, service, deployment),
  )
  const [first] = waits.filter(wait => wait !== undefined).sort((a, b) => a - b)
  return first
}

const launchFor = (engine: Engine, service: Service, deployment: Deployment): number | undefined => {
  const lacking = lackingIn(engine, service, deployment)
  if (lacking <= 0) return undefined
  service.scheduler.isSteady = false
  const wait = service.scheduler.notBefore - engine.clock.now()
  if (wait > 0) return wait
  const granted = takeTokens(engine, service, lacking)
  const started = placeAll(engine, service, deployment, granted)
  for (const task of started) engine.life.start(task)
  const listed = started.map(({ id }) => `(task ${id})`).join(' ')
  if (started.length > 0) addServiceEvent(engine, service, `has started ${started.length} tasks: ${listed}.`)
  return started.length < granted ? recheck : 1_000
}
