// Pure: the parts that every plan of a deployment has.

import type { Line, NewPlan } from '../../engine/change/plan.ts'
import type { Common } from '../../features/deployments/deploy-common.ts'
import { preemptedLosses } from '../../features/deployments/in-progress.ts'
import { REPLACEMENT, withReplacedLoss } from '../../features/deployments/replacement.ts'
import { primaryOf } from '../../features/deployments/rollout.ts'
import { watchBinds, watchConsequences, watchIncluded } from '../../features/deployments/watch/alarms.ts'
import { revertWarning } from '../../features/managed-by/revert-warning.ts'
import { fullName } from '../../kit/language/target.ts'
import { shortName } from '../../kit/messages/text.ts'

export const commonParts = ({ service, base, checks, managed, lastMinutes, watch }: Common) => {
  const { ref, desired } = service
  const name = `${base.family}:${base.revision}`
  const minutes = lastMinutes === undefined ? '' : `, ~${lastMinutes} min`
  return {
    kind: 'plan',
    command: 'deploy',
    also: watch === undefined ? ['restart'] : ['restart', 'rollback'],
    role: 'deployer',
    target: ref,
    size: desired,
    tasks: desired,
    undo: base.isActive ? `deploy ${shortName(name)} again${minutes}` : 'deploy the earlier image again',
    ...(base.isActive && { takeBack: `deploy ${fullName(ref)} ${name}` }),
    details: [] as readonly string[],
    consequences: [
      REPLACEMENT,
      ...(checks.unknown.length === 0
        ? []
        : [`Whether these exist is unknown, because they could not be looked for: ${checks.unknown.join(', ')}.`]),
      ...revertWarning(managed),
      ...watchConsequences(watch),
    ],
    ...(watch !== undefined && { watch: watch.plan, included: watchIncluded(watch) }),
    stop: `rollback ${fullName(ref)}`,
    offers: [],
    binds: {
      createdAt: service.createdAt,
      deployment: primaryOf(service)?.id ?? '',
      revision: service.taskDefinition,
      ...watchBinds(watch),
    },
    drifts: { 'desired tasks': desired },
  } satisfies Partial<NewPlan>
}

export const replacedLines = ({ service, lastMinutes, preempted }: Common, more: readonly Line[]): readonly Line[] => {
  const lines = [...preemptedLosses(preempted), ...more]
  if (lastMinutes === undefined) return withReplacedLoss(service, lines)
  const [replaced] = withReplacedLoss(service, [])
  return withReplacedLoss(service, lines).map(line =>
    line === replaced && typeof line === 'string' && service.desired > 0 ? `${line}, ~${lastMinutes} min` : line,
  )
}
