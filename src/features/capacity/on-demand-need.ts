// The on-demand vCPUs that services need together when they leave Fargate Spot, against Fargate's quota.

import { groupBy, inBatches } from '../../model/batches.ts'
import type { Service } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import { vcpuText } from '../../model/scaling-words.ts'
import type { CapacityReads } from './reads.ts'
import { predictSplit, spotTasks } from './strategy.ts'

type Reads = Pick<CapacityReads, 'taskFit' | 'vcpuRoom'>

/** One line for each account and region, as `losses` have it. */
export const onDemandNeed = async (services: readonly Service[], read: Reads): Promise<readonly string[]> => {
  const places = groupBy(services, ({ ref }) => `${ref.accountId} ${ref.region}`)
  return Promise.all(places.map(each => lineOf(each, places.length > 1, read)))
}

const lineOf = async (services: readonly [Service, ...Service[]], isNamed: boolean, read: Reads): Promise<string> => {
  const [first] = services
  const where = isNamed ? ` in ${first.ref.region}` : ''
  const [needs, { quota, used }] = await Promise.all([needsOf(services, read), read.vcpuRoom(first.ref, 'on-demand')])
  if (needs === undefined) return `On-demand vCPUs${where}: need unknown`
  const need = needs.reduce((sum, { tasks, vcpus }) => sum + tasks * vcpus, 0)
  const text = `Needs ${vcpuText(need)} vCPUs${where}`
  if (quota === undefined || used === undefined) return `${text}, quota unknown`
  const free = Math.max(0, quota - used)
  const waiting = waitingOf(needs, free)
  return `${text}, ${vcpuText(free)} free${waiting === 0 ? '' : `: ${waiting} tasks wait`}`
}

type Need = { readonly tasks: number; readonly vcpus: number }

/** The tasks on Spot of each service, and the vCPUs of one; undefined if a size cannot be read. */
const needsOf = async (services: readonly Service[], read: Reads): Promise<readonly Need[] | undefined> => {
  try {
    const sizes = await inBatches(
      groupBy(services, ({ taskDefinition }) => taskDefinition),
      async ([{ ref, taskDefinition }]) =>
        [taskDefinition, (await read.taskFit(ref, taskDefinition)).cpu / 1_024] as const,
    )
    const vcpus = new Map(sizes)
    return services.map(({ strategy = [], desired, taskDefinition }) => ({
      tasks: spotTasks(predictSplit(strategy, desired)),
      vcpus: vcpus.get(taskDefinition) ?? 0,
    }))
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return undefined
  }
}

/** The tasks that do not fit, if the smallest start first. */
const waitingOf = (needs: readonly Need[], free: number): number => {
  let left = free
  let waiting = 0
  for (const { tasks, vcpus } of needs.toSorted((a, b) => a.vcpus - b.vcpus)) {
    const fit = vcpus === 0 ? tasks : Math.min(tasks, Math.floor(left / vcpus))
    left -= fit * vcpus
    waiting += tasks - fit
  }
  return waiting
}
