// Loads /ecs deployments: a service's deployments and revisions, and what each deployment changed.

import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { DeploymentRecord, ServiceRevision } from '../../model/service-detail.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { DeploymentReads } from './reads.ts'

type Reads = Pick<ServiceReads, 'service'> & Pick<DeploymentReads, 'deployments' | 'revisions'>

/**
 * The number of deployments to show: the maximum of one DescribeServiceDeployments and one DescribeServiceRevisions
 * call.
 */
export const MOST = 10

export type History = {
  readonly ref: ServiceRef
  /** The deployments, newest first. */
  readonly deployments: readonly DeploymentRecord[]
  readonly revisions: readonly ServiceRevision[]
  readonly now: string
}

export const loadHistory = async (ref: ServiceRef, read: Reads, now: string): Promise<History | Refusal> => {
  const [service, deployments] = await Promise.all([read.service(ref), read.deployments(ref, MOST)])
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const arns = deployments.flatMap(({ from, to }) => [to, ...from])
  return { ref, deployments, revisions: await read.revisions(ref, arns), now }
}

/** What a deployment changed, as from → to. Empty for a restart. */
export const changesOf = (
  { from: [source], to }: DeploymentRecord,
  revisions: readonly ServiceRevision[],
): readonly string[] => {
  const before = revisions.find(({ arn }) => arn === source)
  const after = revisions.find(({ arn }) => arn === to)
  if (before === undefined || after === undefined) return []
  return [
    ...(before.taskDefinition === after.taskDefinition ? [] : [`${before.taskDefinition} → ${after.taskDefinition}`]),
    ...(before.capacity === after.capacity ? [] : [`capacity ${before.capacity} → ${after.capacity}`]),
    ...after.images.flatMap(({ container, image, digest }) => {
      const old = before.images.find(one => one.container === container)
      if (old === undefined) return [`container ${container} added`]
      if (old.image !== image) return [`${container} ${nameOf(old.image)} → ${nameOf(image)}`]
      return old.digest === digest ? [] : [`${container} ${nameOf(image)}: new image under the same tag`]
    }),
  ]
}

const nameOf = (image: string): string => image.split('/').at(-1) ?? image
