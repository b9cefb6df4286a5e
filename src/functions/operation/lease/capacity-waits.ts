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

/** `isBrief`: see Turn. */
type Waits = { readonly text: string; readonly isBrief?: true }

const waits = (text: string): Waits => ({ text })

/** The reason; undefined if the return may begin. */
export const capacityWaits = async (
  { ports, job, face }: Story,
  lease: Lease,
  service: Service,
  book: LeaseBook,
  { config, facts, read }: Known,
): Promise<Waits | undefined> => {
  const deployment = deploymentInProgress(service)
  if (deployment !== undefined && (await isOfOthers(lease, service, read)))
    return waits(
      `Another deployment, of \`${plainName(deployment.taskDefinition)}\`, is in progress since ${timeMark(deployment.createdAt)}. The return waits until it is over; \`/ecs rollback\` stops it.`,
    )
  const freeze = freezeOn(service.ref, job.actor, config, facts)
  if (freeze !== undefined) return waits(freeze)
  const baseline = baselineOf(book, lease)
  const usesSpot =
    baseline !== undefined && 'strategy' in baseline && baseline.strategy.some(one => one.provider === SPOT)
  if (usesSpot && (await isDry(service.ref, ports.store, ports.now())))
    return waits(`Fargate Spot had no capacity within the last ${DROUGHT_MINUTES} minutes. The return waits.`)
  return imageWaits(leaseOf(book, lease.operation) ?? lease, face.plan, service, { read, now: ports.now() })
}

const MOST_RECORDS = 2

/** Whether to wait for the deployment in progress. The first since the lease began is its own: the return replaces it. */
const isOfOthers = async ({ begun }: Lease, { ref }: Service, read: Pick<Readers, 'deployments'>): Promise<boolean> => {
  const records = await read.deployments(ref, MOST_RECORDS)
  return records.filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(begun)).length > 1
}

type Images = {
  readonly read: Pick<Readers, 'serviceDetail' | 'revisions' | 'digestOf'>
  readonly now: string
}

const DAY_MS = 86_400_000

/**
 * Waits while a tag means an image that neither runs now nor was approved with the change or its return, or while a tag
 * cannot be compared that could be then. It has no end of its own: only a person may let an image start that nobody saw.
 */
const imageWaits = async (
  { images = [], uncompared = [], until }: Lease,
  { binds }: Plan,
  { ref }: Service,
  { read, now }: Images,
): Promise<Waits | undefined> => {
  const tags = await readImageTags(ref, read)
  if (tags.moved.some(({ to }) => ![images, binds['images']].flat().includes(to)))
    return waits(`A tag was pushed again: the return would start an image that nobody approved. ${ASK}`)
  const approved = [uncompared, binds['images not compared']].flat()
  if (approved.includes('all') || [tags.uncompared].flat().every(one => approved.includes(one))) return undefined
  const what = tags.uncompared === 'all' ? 'Its images' : 'A tag of its images'
  const isLong = Date.parse(now) - Date.parse(until) >= DAY_MS
  const text = `${what} cannot be compared now${isLong ? ', for a day already' : ''}: the return could start an image that nobody approved. It waits. ${ASK}`
  return { text, isBrief: true }
}

const ASK = '`/ecs capacity return` asks for its approval.'
