// Why the return of a temporary change of capacity waits: it replaces every task.

import type { Readers } from '../../../commands/readers.ts'
import type { Plan } from '../../../engine/change/plan.ts'
import { type Lease, type LeaseBook, leaseOf } from '../../../engine/leases/book.ts'
import { baselineOf } from '../../../engine/leases/origin.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { freezeOn } from '../../../engine/rules/judge.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import { DROUGHT_MINUTES, isDry } from '../../../features/capacity/drought.ts'
import { SPOT } from '../../../features/capacity/strategy.ts'
import { readImageTags } from '../../../features/deployments/image-tags.ts'
import { deploymentInProgress } from '../../../features/deployments/in-progress.ts'
import { timeMark } from '../../../kit/messages/markup.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Service } from '../../../model/ecs.ts'
import type { Story } from '../story.ts'

type Known = { readonly config: Config; readonly facts: RuleInputs; readonly read: Readers }

/** The reason; undefined if the return may begin. */
export const capacityWaits = async (
  { ports, job, face }: Story,
  lease: Lease,
  service: Service,
  book: LeaseBook,
  { config, facts, read }: Known,
): Promise<string | undefined> => {
  const deployment = deploymentInProgress(service)
  if (deployment !== undefined && (await isOfOthers(lease, service, read)))
    return `Another deployment, of \`${plainName(deployment.taskDefinition)}\`, is in progress since ${timeMark(deployment.createdAt)}. The return waits until it is over; \`/ecs rollback\` stops it.`
  const freeze = freezeOn(service.ref, job.actor, config, facts)
  if (freeze !== undefined) return freeze
  const baseline = baselineOf(book, lease)
  const usesSpot =
    baseline !== undefined && 'strategy' in baseline && baseline.strategy.some(one => one.provider === SPOT)
  if (usesSpot && (await isDry(service.ref, ports.store, ports.now())))
    return `Fargate Spot had no capacity within the last ${DROUGHT_MINUTES} minutes. The return waits.`
  return (await hasUnseenImage(leaseOf(book, lease.operation) ?? lease, face.plan, service, read))
    ? 'A tag was pushed again: the return would start an image that nobody approved. `/ecs capacity return` asks for its approval.'
    : undefined
}

const MOST_RECORDS = 2

/** Whether to wait for the deployment in progress. The first since the lease began is its own: the return replaces it. */
const isOfOthers = async ({ begun }: Lease, { ref }: Service, read: Pick<Readers, 'deployments'>): Promise<boolean> => {
  const records = await read.deployments(ref, MOST_RECORDS)
  return records.filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(begun)).length > 1
}

/** Whether a tag means an image that neither runs now nor was approved with the change or its return. */
const hasUnseenImage = async (
  { images = [] }: Lease,
  { binds }: Plan,
  { ref }: Service,
  read: Pick<Readers, 'serviceDetail' | 'revisions' | 'digestOf'>,
): Promise<boolean> => {
  const { moved } = await readImageTags(ref, read)
  return moved.some(({ to }) => ![images, binds['images']].flat().includes(to))
}
