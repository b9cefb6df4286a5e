// Finds what differs between the revision whose tasks fail and the last revision that was deployed successfully.

import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { ServiceRevision } from '../../../model/service-detail.ts'
import { type Difference, differencesOf } from '../../deployments/definition-differences.ts'
import type { DeploymentReads } from '../../deployments/reads.ts'

const MOST_DEPLOYMENTS = 10
const MOST_SHOWN = 4
const LONGEST = 60

/**
 * The difference in words, such as `Since orders-api:7: image of app, memory 512 → 256`. Undefined if nothing differs,
 * or if no other revision was deployed successfully.
 */
export const loadDifference = async (
  ref: ServiceRef,
  definition: string,
  read: Pick<DeploymentReads, 'deployments' | 'revisions' | 'definition'>,
): Promise<string | undefined> => {
  const deployments = await read.deployments(ref, MOST_DEPLOYMENTS)
  const arns = [...new Set(deployments.map(({ to }) => to))]
  const revisions = arns.length === 0 ? [] : await read.revisions(ref, arns)
  const byArn = new Map(revisions.map(revision => [revision.arn, revision]))
  const failing = deployments.map(({ to }) => byArn.get(to)).find(one => one?.taskDefinition === definition)
  const good = deployments
    .filter(({ status }) => status === 'SUCCESSFUL')
    .map(({ to }) => byArn.get(to))
    .find(one => one !== undefined)
  if (failing === undefined || good === undefined || good.taskDefinition === definition) return undefined
  const [before, after] = await Promise.all([
    read.definition(ref, good.taskDefinition),
    read.definition(ref, definition),
  ])
  const words = [...imageWords(good, failing), ...(differencesOf(before, after) ?? []).map(wordsOf)]
  if (words.length === 0) return undefined
  const more = words.length - MOST_SHOWN
  return `Since ${plainName(good.taskDefinition, 80)}: ${words.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const imageWords = (good: ServiceRevision, failing: ServiceRevision): readonly string[] =>
  failing.images
    .filter(({ container, image, digest }) => {
      const before = good.images.find(one => one.container === container)
      return before?.image !== image || before.digest !== digest
    })
    .map(({ container }) => `image of ${plainName(container, LONGEST)}`)

const wordsOf = ({ what, from, to }: Difference): string =>
  from === undefined || to === undefined
    ? plainName(what, LONGEST)
    : `${plainName(what, LONGEST)} ${plainName(from, LONGEST)} → ${plainName(to, LONGEST)}`
