// Plans a rollback, which either stops the deployment in progress or deploys an earlier task definition.

import type { Plan, Risk } from '../../engine/change/plan.ts'
import { replacedText, replacementRisk, withUnseen } from '../../engine/change/risk.ts'
import { differencesOf, isRole } from '../../features/deployments/definition-differences.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import { primaryOf, REPLACEMENT } from '../../features/deployments/rollout.ts'
import { revertWarning } from '../../features/managed-by/revert-warning.ts'
import { fullName } from '../../kit/language/target.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import { changesOf, detailsOf, withoutMarkup } from './changes.ts'

const baseOf = (state: Rollback) => {
  const { service, to } = state
  const { ref, desired } = service
  return {
    kind: 'plan',
    command: 'rollback',
    target: ref,
    title: `Roll *${ref.service}* back to ${withoutMarkup(to.name)}`,
    changes: changesOf(state),
    details: detailsOf(state),
    size: desired,
    tasks: desired,
    offers: [],
    drifts: { 'desired tasks': desired },
    role: 'deployer',
  } as const
}

const OLD_CODE = 'Older code runs again: it must be able to read data that newer code wrote'

const STOPPED = 'The deployment in progress stops, and every task that it started is replaced'

/** Definitions that could not be read may have other roles. */
const riskOf = ({ before, definition }: Rollback, risk: Risk): Risk => {
  const differences = differencesOf(before, definition)
  if (differences === undefined) return withUnseen(risk, 'Its roles could not be compared with those that run now')
  return withUnseen(risk, differences.some(isRole) ? 'Tasks start with a role that does not run now' : undefined)
}

export const planStop = (state: Rollback, record: DeploymentRecord): Plan => {
  const { service, to } = state
  const { ref } = service
  const fresh = primaryOf(service)
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)}`,
    risk: riskOf(state, replacementRisk(STOPPED, OLD_CODE)),
    consequences: [
      `${fresh?.running ?? 0} of ${service.desired} tasks run the new version. ECS starts the missing tasks of \`${withoutMarkup(to.name)}\` again.`,
    ],
    calls: [
      {
        service: 'ecs',
        action: 'StopServiceDeployment',
        input: { serviceDeploymentArn: record.arn, stopType: 'ROLLBACK' },
        resources: [ref.arn, record.arn],
        repeatable: false,
      },
    ],
    binds: { createdAt: service.createdAt, 'deployment in progress': record.id, 'goes back to': to.name },
  }
}

export const planDeployment = (state: Rollback): Plan => {
  const { service, from, to, definition, images } = state
  const { ref, desired } = service
  const input = { cluster: ref.cluster, service: ref.arn, taskDefinition: definition?.arn ?? to.name }
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)} --to ${to.name}`,
    risk: riskOf(state, replacementRisk(replacedText(desired), OLD_CODE)),
    consequences: [
      REPLACEMENT,
      ...historyText(to),
      ...(from !== undefined && to.revision.capacity !== from.capacity
        ? [
            `Only the task definition changes. Capacity stays ${withoutMarkup(from.capacity)}; it ran on ${withoutMarkup(to.revision.capacity)} then.`,
          ]
        : []),
      ...(service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
        ? ['This ends the deployment in progress.']
        : []),
      ...revertWarning(state.managed),
    ],
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input,
        resources: [ref.arn],
        passes: definition?.roles ?? [],
        repeatable: true,
      },
    ],
    binds: {
      createdAt: service.createdAt,
      deployment: primaryOf(service)?.id ?? '',
      revision: service.taskDefinition,
      images: images.map(({ digest = '' }) => digest),
    },
  }
}

const historyText = ({ at }: Rollback['to']): readonly string[] => [
  `Last successful deployment ${at === undefined ? 'more than 90 days ago' : `on ${at.slice(0, 16).replace('T', ' ')} UTC`}.`,
]

/** Characters that the card has room for. */
const MOST_DETAILS = 6_000

/** What a card cannot show cannot be approved. */
export const refuseLongDetails = (state: Rollback): Refusal | undefined => {
  const length = detailsOf(state).join('\n').length
  if (length <= MOST_DETAILS) return undefined
  return refuse(
    `This rollback changes more than a card can show: ${length.toLocaleString('en')} characters of at most ${MOST_DETAILS.toLocaleString('en')}.`,
    'Deploy the earlier version with your pipeline.',
  )
}
