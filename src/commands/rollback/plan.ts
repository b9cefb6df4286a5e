// Plans a rollback, which either stops the deployment in progress or deploys an earlier task definition.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Line, NewPlan, Risk } from '../../engine/change/plan.ts'
import { replacementRisk, withUnseen } from '../../engine/change/risk.ts'
import { differencesOf } from '../../features/deployments/definition-differences.ts'
import { riskOfDifferences } from '../../features/deployments/definition-risk.ts'
import {
  mayRunNone,
  REPLACEMENT,
  riskOfReplacement,
  stopsFirst,
  withReplacedLoss,
} from '../../features/deployments/replacement.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import { primaryOf } from '../../features/deployments/rollout.ts'
import { keepsOldTasks, movesTraffic } from '../../features/deployments/stages.ts'
import { withoutMarkup } from '../../features/deployments/version-changes.ts'
import { revertWarning } from '../../features/managed-by/revert-warning.ts'
import { fullName } from '../../kit/language/target.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { shortName } from '../../kit/messages/text.ts'
import type { Service } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import {
  changesOf,
  detailsOf,
  isOfSettings,
  isRestart,
  serviceDifferencesOf,
  versionLosses,
  versionOf,
} from './changes.ts'

const baseOf = (state: Rollback) => {
  const { service, from, to } = state
  const { ref, desired } = service
  const current = from?.taskDefinition ?? service.taskDefinition
  const name = `*${ref.service}*`
  return {
    kind: 'plan',
    command: 'rollback',
    target: ref,
    title: isRestart(state)
      ? `Stop the restart of ${name}`
      : isOfSettings(state)
        ? `Stop the deployment of ${name}`
        : `Roll ${name} back, *${withoutMarkup(current)}* → ${isHigherRevision(to.name, current) ? 'earlier ' : ''}*${withoutMarkup(to.name)}*`,
    changes: changesOf(state),
    details: detailsOf(state),
    size: desired,
    tasks: desired,
    offers: [],
    drifts: { 'desired tasks': desired },
    role: 'deployer',
  } as const
}

/** `search:2` after `search:1`, which looks like a newer version: the card says that it ran before, and until when. */
const isHigherRevision = (name: string, current: string): boolean => {
  const [[family, number], [currentFamily, currentNumber]] = [name.split(':'), current.split(':')]
  return family === currentFamily && Number(number) > Number(currentNumber)
}

/** The task definition that runs or is being deployed now. */
const deployAgain = ({ service, from }: Rollback): string =>
  `deploy ${shortName(from?.taskDefinition ?? service.taskDefinition)} again`

const oldCodeLoss = ({ until }: Rollback['to']): string =>
  until === undefined
    ? 'Older code runs again: it must read data of newer code'
    : `Older code must read newer data; it ran until ${timeMark(until)}`
const OLD_CODE = 'Older code runs again: it must be able to read data that newer code wrote'

const STOPPED = 'The deployment in progress stops, and every task that it started is replaced'
const FLIPPED = 'The deployment in progress stops, and traffic goes back to the tasks that ran before'

/** Definitions and revisions that could not be read may have other roles, and another network. */
const riskOf = (state: Rollback, risk: Risk): Risk => {
  const { before, definition } = state
  if (serviceDifferencesOf(state) === undefined)
    return withUnseen(risk, 'The settings of the service could not be compared with those that it goes back to')
  const differences = differencesOf(before, definition)
  if (differences === undefined) return withUnseen(risk, 'Its roles could not be compared with those that run now')
  return riskOfDifferences(risk, differences)
}

const STOPPED_RESTART = {
  same: 'Stops the restart; the same version stays',
  uncompared: 'Stops the restart; its images could not be compared',
} as const

export const planStop = (state: Rollback, record: DeploymentRecord): NewPlan => {
  const { service, from, to } = state
  const { ref } = service
  const running = primaryOf(service)?.running ?? 0
  const version = versionOf(state)
  const isFlip = keepsOldTasks(record)
  const stopped = isFlip ? FLIPPED : STOPPED
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)}`,
    risk: riskOf(
      state,
      riskOfStop(service, isFlip ? 0 : running, version === 'other' ? [stopped, OLD_CODE] : [stopped]),
    ),
    losses: stopLosses(state, running, isFlip),
    undo: isRestart(state)
      ? 'restart again'
      : isOfSettings(state)
        ? 'deploy the same settings again'
        : deployAgain(state),
    consequences: [
      `${running} of ${service.desired} tasks ${version === 'other' ? 'run the new version' : 'are new'}. ${
        isFlip
          ? `The tasks of \`${withoutMarkup(to.name)}\` still run: ECS moves traffic back to them and starts none.`
          : `ECS starts the missing tasks of \`${withoutMarkup(to.name)}\` again.`
      }`,
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
    binds: {
      createdAt: service.createdAt,
      'deployment in progress': record.id,
      'stopped revision': from?.arn ?? '',
      'goes back to': to.name,
      'revision that runs again': to.revision.arn,
    },
  }
}

/** ECS replaces the tasks of the stopped deployment with the same percentages as in every deployment. */
const riskOfStop = (service: Service, running: number, reasons: readonly string[]): Risk =>
  running > 0 && mayRunNone(service) && stopsFirst(service)
    ? { level: 'high', reasons: ['All tasks may stop before an earlier one starts', ...reasons] }
    : replacementRisk(...reasons)

const stopLosses = (state: Rollback, running: number, isFlip: boolean): readonly Line[] => {
  const { service, to } = state
  const version = versionOf(state)
  const stopped = isFlip ? FLIP : stoppedLoss(service, running)
  const lines = isRestart(state) && version !== 'other' ? [STOPPED_RESTART[version]] : versionLosses(state)
  const all = !isFlip && running > 0 && mayRunNone(service) ? [stopped, ...lines] : [...lines, stopped]
  const whose =
    state.startedBy === undefined ? [] : [cardLine(`${shortName(state.startedBy.by)} started what it stops`)]
  return [...all, ...(version === 'other' ? [oldCodeLoss(to)] : []), ...whose]
}

const FLIP = 'Traffic goes back at once: the old tasks still run, none starts'

/** `running`: tasks that the stopped deployment started. */
const stoppedLoss = (service: Service, running: number): Line => {
  const { desired } = service
  if (running === 0) return 'No task of the stopped deployment runs yet'
  const none = mayRunNone(service) ? '; at times none may run' : ''
  return desired === 1
    ? `Replaces the only task again${none}`
    : cardLine(`Replaces the ${tasks(running)} it started, of ${desired}${none}`)
}

export const planDeployment = (state: Rollback): NewPlan => {
  const { service, from, to, definition, images } = state
  const { ref } = service
  const input = { cluster: ref.cluster, service: ref.arn, taskDefinition: definition?.arn ?? to.name }
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)} --to ${to.name}`,
    stop: `rollback ${fullName(ref)}`,
    risk: riskOf(state, riskOfReplacement(service, OLD_CODE)),
    losses: deploymentLosses(state),
    undo: deployAgain(state),
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

const deploymentLosses = (state: Rollback): readonly Line[] => {
  const { service, strategy, from, to } = state
  const isHigher = isHigherRevision(to.name, from?.taskDefinition ?? service.taskDefinition)
  const lines = isHigher
    ? withReplacedLoss(service, [...versionLosses(state), oldCodeLoss(to)])
    : [...withReplacedLoss(service, versionLosses(state)), oldCodeLoss(to)]
  return movesTraffic(strategy) ? [WHOLE, ...lines] : lines
}

const WHOLE = 'No way back at once: a whole new deployment, through all stages'

const historyText = ({ at, until }: Rollback['to']): readonly string[] => [
  `Last successful deployment ${at === undefined ? 'more than 90 days ago' : `on ${timeMark(at)}`}${until === undefined ? '' : `; it ran until ${timeMark(until)}`}.`,
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
