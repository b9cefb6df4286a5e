// Loads what Spot and Graviton would save, which Compute Optimizer does not say: from the size, the strategy and the running
// tasks of each service. It needs a call for each task definition, so only small places are estimated.

import type { SavingKind } from '../../kit/language/kinds/saving.ts'
import { inBatches } from '../../model/batches.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CapacityReads, Fit } from '../capacity/reads.ts'
import { predictSplit, SPOT, type Split, splitText, spotTasks, tasksIn } from '../capacity/strategy.ts'
import type { ServiceReads } from '../services/reads.ts'
import { estimatesOf } from './estimates.ts'
import { type Finding, type FoundFindings, ownerOf } from './findings.ts'

type Reads = Pick<ServiceReads, 'servicesOf'> & Pick<CapacityReads, 'taskFit'>

/** DescribeTaskDefinition allows a burst of 50, shared by the whole account (ECS API reference). */
const MOST_SERVICES = 50

export const estimateFindings = async (
  refs: readonly ServiceRef[],
  only: Extract<SavingKind, 'spot' | 'graviton'>,
  read: Reads,
): Promise<FoundFindings | Refusal> => {
  if (refs.length > MOST_SERVICES)
    return refuse(
      `These are ${refs.length.toLocaleString('en')} services; \`--only ${only}\` estimates at most ${MOST_SERVICES}.`,
      'Name a cluster, a service or a tag.',
    )
  const services = await read.servicesOf(refs)
  const unread: string[] = []
  const definitions = [...new Map(services.map(one => [keyOf(one), one])).values()]
  const fits = await inBatches(definitions, async service => {
    try {
      const { ref, taskDefinition } = service
      return [[keyOf(service), await read.taskFit(ref, taskDefinition)] as const]
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return []
    }
  })
  const byKey = new Map(fits.flat())
  return {
    findings: services.flatMap(service => estimateOf(service, byKey.get(keyOf(service)), only) ?? []),
    ...{ analysed: services.length, gone: 0, notEnrolled: [], unread: [...new Set(unread)] },
    places: new Set(refs.map(({ accountId, region }) => `${accountId} ${region}`)).size,
  }
}

const keyOf = ({ ref, taskDefinition }: Service): string => `${ref.accountId} ${ref.region} ${taskDefinition}`

/** Where the running tasks are, by the strategy. */
export const splitOfService = ({ strategy, capacity, running }: Service): Split =>
  predictSplit(strategy ?? [{ provider: capacity, weight: 1, base: 0 }], running)

const estimateOf = (
  service: Service,
  size: Fit | undefined,
  only: Extract<SavingKind, 'spot' | 'graviton'>,
): Finding | undefined => {
  if (size === undefined) return undefined
  const split = splitOfService(service)
  const { ref, tags, isExpress, controller } = service
  const mayMove = !size.isWindows && !isExpress && controller === 'ECS' && tasksIn(split) > 1
  const [best] = estimatesOf(
    { region: ref.region, split, size },
    { spot: only === 'spot' && mayMove, graviton: only === 'graviton' },
  )
  if (best === undefined || (only === 'spot' && spotTasks(best.split) <= spotTasks(split))) return undefined
  const now = best.usd + best.saves
  return {
    ref,
    kind: only,
    what: only === 'spot' ? `Estimate: ${splitText(best.split)}` : 'Estimate: arm64 images',
    risk: only === 'spot' ? `AWS may stop ${best.split.get(SPOT) ?? 0} of ${tasksIn(split)}` : 'images not checked',
    effort: only === 'spot' ? 'replaces tasks' : 'new images',
    saving: { money: { currency: 'USD', amount: best.saves }, percent: (100 * best.saves) / now },
    ...ownerOf(tags),
  }
}
