// Plans the answer to a gate: what the deployment releases if it continues, and what happens without an answer.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Change, Line, NewPlan, PlannedGate } from '../../engine/change/plan.ts'
import { answerCall, titleOf, versionOf } from '../../features/deployments/gates/gate.ts'
import type { GateState } from '../../features/deployments/gates/load-gate.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import { withoutMarkup } from '../../features/deployments/version-changes.ts'
import { fullName } from '../../kit/language/target.ts'
import { humanCode, shortName } from '../../kit/messages/text.ts'
import { changesOf, detailsOf, versionLosses } from '../rollback/changes.ts'
import { riskOf } from './risk.ts'

export const planContinue = (state: GateState): NewPlan => {
  const { service, record, stage } = state
  const { ref } = service
  const version = versionName(state)
  return {
    ...baseOf(state, 'CONTINUE'),
    command: 'gate continue',
    also: ['deploy'],
    title: titleOf({
      stage,
      strategy: record.strategy,
      name: `*${withoutMarkup(ref.service)}*`,
      version,
    }),
    changes: changes(state),
    details: comparison(state) === undefined ? [] : detailsOf(comparison(state) as Rollback),
    risk: riskOf(state),
    losses: [...releaseLosses(state, version), ...versionLines(state)],
    undo: 'rollback, while ECS still can',
    consequences: [
      `The deployment waits at the stage ${humanCode(stage)}, by the strategy ${humanCode(record.strategy)}.`,
      ...(state.others === 0
        ? []
        : [`${state.others} other hooks of this stage wait, too: each is answered for itself.`]),
      `Started by ${withoutMarkup(state.deployers.by)}.`,
    ],
  }
}

export const planRollback = (state: GateState): NewPlan => {
  const { service } = state
  const name = `*${withoutMarkup(service.ref.service)}*`
  return {
    ...baseOf(state, 'ROLLBACK'),
    command: 'gate rollback',
    title: `Roll back ${name} *${versionName(state)}* at its gate`,
    changes: changes(state),
    details: [],
    risk: { level: 'medium', reasons: ['ECS replaces the tasks of the new version; what ran before stays'] },
    losses: ['ECS rolls back; what ran before the deployment stays'],
    undo: `deploy ${shortName(state.to?.taskDefinition ?? 'it')} again`,
    consequences: ['A rollback at one hook ends the deployment, also where another hook was continued.'],
  }
}

/** ECS's default, where it does not say when a hook times out. Source: DeploymentLifecycleHookTimeoutConfiguration. */
const USUAL_MS = 1_440 * 60_000

const baseOf = (state: GateState, action: PlannedGate['action']) => {
  const { service, record, hook, stage, deployers, to } = state
  const { ref, desired } = service
  const verb = action === 'CONTINUE' ? 'continue' : 'rollback'
  const gate: PlannedGate = {
    hookId: hook.id,
    deployment: record.arn,
    stage,
    action,
    expiresAt: hook.expiresAt ?? new Date(Date.parse(state.now) + USUAL_MS).toISOString(),
    onTimeout: hook.onTimeout,
    ...deployers,
  }
  return {
    kind: 'plan',
    invocation: `gate ${verb} ${fullName(ref)} ${hook.id}`,
    target: ref,
    size: desired,
    tasks: desired,
    offers: [],
    calls: [answerCall(ref, gate)],
    binds: {
      createdAt: service.createdAt,
      deployment: record.arn,
      hook: hook.id,
      stage,
      'released revision': to?.arn ?? record.to,
    },
    drifts: {},
    role: 'gate',
    // It waits for days, and no other change of the service may wait for it.
    isUnlocked: true,
    gate,
  } as const
}

const versionName = ({ to, service }: GateState): string =>
  to === undefined ? 'new version' : versionOf(withoutMarkup(to.taskDefinition), service.ref.service)

/** The new revision compared with the one that runs, in the form that rollbacks compare. */
const comparison = ({ service, record, from, to, before, definition }: GateState): Rollback | undefined =>
  to === undefined
    ? undefined
    : {
        service,
        from,
        to: { name: to.taskDefinition, revision: to },
        stops: record,
        images: to.images.length > 0 ? to.images : (definition?.images ?? []),
        ...(before !== undefined && { before }),
        ...(definition !== undefined && { definition }),
      }

const changes = (state: GateState): readonly Change[] => {
  const compared = comparison(state)
  const [first, ...others] = compared === undefined ? [] : changesOf(compared)
  const isSame = state.from?.taskDefinition === state.to?.taskDefinition
  return [
    {
      what: 'Gate',
      from: `waits at ${humanCode(state.stage)}`,
      to: 'continues',
    },
    ...(first === undefined || isSame ? [] : [first]),
    ...others,
  ]
}

/** What continues, and how the new version does. */
const releaseLosses = (state: GateState, version: string): readonly Line[] => [
  cardLine(shiftText(state, version)),
  cardLine(healthText(state, version)),
]

/** Tasks of the old version that still run. */
const finishText = (tasks: GateState['tasks'], version: string): string => {
  if (tasks === undefined) return `Continue: ${version} stays`
  return tasks.older === 0
    ? `Only ${version} runs now; Continue: it stays`
    : `Continue: ${version} stays, ${tasks.older} old tasks stop`
}

const shiftText = ({ record, stage, service, tasks }: GateState, version: string): string => {
  if (record.strategy === 'ROLLING')
    return stage === 'POST_SCALE_UP'
      ? finishText(tasks, version)
      : `Continue: ${service.desired} tasks are replaced by ${version}`
  if (stage !== 'PRE_PRODUCTION_TRAFFIC_SHIFT' && stage !== 'POST_PRODUCTION_TRAFFIC_SHIFT')
    return `Continue: ${version} gets no production traffic yet`
  const share = record.traffic ?? 0
  if (stage === 'POST_PRODUCTION_TRAFFIC_SHIFT') return `Continue: ${version} keeps ${share} % of the traffic`
  return record.strategy === 'BLUE_GREEN'
    ? `Continue: ${version} goes ${share} → 100 % of the traffic`
    : `${version} has ${share} % of the traffic now; Continue: more`
}

const healthText = ({ tasks, record, service }: GateState, version: string): string => {
  const wanted = record.counts?.requested ?? service.desired
  if (tasks === undefined) return `${version}: health unknown`
  const healthy = tasks.healthy === undefined ? 'health not reported' : `${tasks.healthy} healthy`
  return tasks.unhealthy > 0
    ? `${version}: ${tasks.running}/${wanted} running, ${tasks.unhealthy} UNHEALTHY`
    : `${version}: ${tasks.running}/${wanted} running, ${healthy}`
}

const versionLines = (state: GateState): readonly Line[] => {
  const compared = comparison(state)
  if (compared === undefined) return ['Its images and settings could not be compared']
  const lines = versionLosses(compared)
  return [...(lines.length === 0 ? ['Same images and settings as what runs'] : lines), ...sourceLines(state)]
}

/** Only one of several versions that run is compared. */
const sourceLines = ({ from, otherSources, service }: GateState): readonly Line[] => {
  if (from === undefined || otherSources.length === 0) return []
  const named = (name: string | undefined) =>
    name === undefined ? 'an unknown version' : versionOf(withoutMarkup(name), service.ref.service)
  const others = [...new Set(otherSources.map(named))].join(', ')
  return [cardLine(`Compared with ${named(from.taskDefinition)}; also replaces ${others}`)]
}
