// The risk of what a gate releases: as of a deployment. Unlike a command, a deployment may also change settings of the service.

import type { Risk } from '../../engine/change/plan.ts'
import { withUnseen, worse } from '../../engine/change/risk.ts'
import { spotRisk } from '../../features/capacity/spot-risk.ts'
import type { Strategy } from '../../features/capacity/strategy.ts'
import { differencesOf } from '../../features/deployments/definition-differences.ts'
import { OTHER_REPOSITORY, riskOfDifferences } from '../../features/deployments/definition-risk.ts'
import type { GateState } from '../../features/deployments/gates/load-gate.ts'
import { hasOtherRepository } from '../../features/deployments/image-target.ts'
import { riskOfReplacement } from '../../features/deployments/replacement.ts'
import { unmarked } from '../../features/deployments/version-changes.ts'
import type { ServiceRevision } from '../../model/service-detail.ts'

export const riskOf = (state: GateState): Risk => {
  const { service, before, definition, tasks, from, to } = state
  const risk = riskOfReplacement(service, 'New code gets to run')
  if (tasks !== undefined && tasks.unhealthy > 0) return withUnseen(risk, 'Tasks of the new version are not healthy')
  if (from === undefined || to === undefined)
    return withUnseen(risk, 'What it releases could not be compared with what runs')
  const differences = differencesOf(before, definition)
  if (differences === undefined) return withUnseen(risk, 'Its roles could not be compared with those that run now')
  const released = withUnseen(
    riskOfDifferences(risk, differences),
    hasOtherRepository(from.images, to.images) ? OTHER_REPOSITORY : undefined,
  )
  return withSpot(withUnseen(released, reachText(from, to)), from, to, service.desired)
}

/** Settings of the service that decide what its tasks reach, and what reaches them. */
const REACH = /^(subnets|security groups|public IP|load balancers|Service Connect|VPC Lattice)( \((added|removed)\))?$/

const reachText = (from: ServiceRevision, to: ServiceRevision): string | undefined => {
  const changed = (differencesOf(from, to) ?? []).map(({ what }) => what).filter(what => REACH.test(what))
  return changed.length === 0
    ? undefined
    : `It changes what the tasks reach and what reaches them: ${unmarked(changed.join(', '))}`
}

/** A move to Spot has the risk of `capacity set`. */
const withSpot = (risk: Risk, from: ServiceRevision, to: ServiceRevision, count: number): Risk => {
  const spot = from.capacity === to.capacity ? undefined : spotRisk(strategyOf(to), { count })
  return spot === undefined ? risk : worse(risk, spot)
}

/** The strategy of a revision, from its text: `FARGATE × 1, base 1, FARGATE_SPOT × 3`. */
const strategyOf = ({ capacity }: ServiceRevision): Strategy =>
  [...capacity.matchAll(/([\w-]+) × (\d+)(?:, base (\d+))?/g)].map(([, provider = '', weight, base = 0]) => ({
    provider,
    weight: Number(weight),
    base: Number(base),
  }))
