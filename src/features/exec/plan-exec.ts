// Plans running a command in containers, or granting shell access to one.

import { CANNOT_BE_UNDONE, shortenedLine } from '../../engine/cards/card-line.ts'
import type { ExecCall, Grant, NewPlan } from '../../engine/change/plan.ts'
import { CONFIGURED, shellRisk } from '../../engine/change/risk.ts'
import { durationWords } from '../../kit/language/kinds/duration.ts'
import { plainName, shortName, wholeName } from '../../kit/messages/text.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { type RequestedCommand, shellText } from './allowed-command.ts'
import { withCommandOnce } from './calls.ts'
import { shellLosses, unloggedLosses, whereLosses } from './exec-losses.ts'
import { awsCommand, GRANT_TAG, grantCall } from './grant.ts'
import type { ExecState } from './load-exec.ts'
import { type Chosen, rolesOf } from './pick-container.ts'
import { sharedProcesses } from './readiness.ts'
import { WAVE } from './request.ts'
import { logBound, logLines, writableLogs } from './session-log.ts'
import type { ExecTask } from './site.ts'
import { powerOf, type TaskRole, taskRoleLines } from './task-role.ts'

export const planExec = (state: ExecState): NewPlan | Refusal => {
  const [first] = state.places
  if (first === undefined) return refuse('No task is running any more.')
  return state.command === undefined ? planGrant(state, first) : planCommand(state, state.command)
}

const planGrant = (state: ExecState, place: Chosen): NewPlan => {
  const { ref, minutes, asker } = state
  const { task, container } = place
  const grant: Grant = {
    ...{ minutes, task: task.id, taskArn: task.arn, container: container.name },
    ...(task.isWindows && { isWindows: true as const }),
  }
  const { corporateId } = asker.who
  const common = commonParts(state)
  return {
    ...common.plan,
    title: `Give *${plainName(corporateId)}* a shell in *${ref.service}*`,
    grant,
    verbatim: awsCommand({ target: ref }, grant),
    changes: [
      {
        what: `Tag \`${GRANT_TAG}\` of task \`${task.id.slice(0, 8)}\``,
        from: 'none',
        to: corporateId,
      },
    ],
    risk: common.shellRisk,
    totalMinutes: minutes,
    losses: [
      ...shellLosses(state),
      ...unloggedLosses(state),
      shortenedLine(asUserIn(task, wholeName(container.name)), asUserIn(task, shortName(container.name))),
      'Quarterdeck does not see what is typed',
    ],
    undo: 'Revoke; what was done inside stays',
    included: [`access ends after ${durationWords(minutes)}, with every session in the task`],
    consequences: [
      `For ${minutes} min, ${userOf(task)}, in container \`${container.name}\` of \`${task.definition}\`.`,
      ...common.role,
      'They sign in as themselves in their own terminal; Quarterdeck does not see what they type.',
      ...common.log,
      'Then the tags are removed and every session in that task is terminated. Programs that ignore the hang-up go on.',
      ...common.warnings,
    ],
    calls: [grantCall(grant, asker)],
    binds: { ...common.plan.binds, minutes },
  }
}

/** ECS Exec runs as root; on Windows as ContainerAdministrator (ECS developer guide, ECS Exec). */
const userOf = ({ isWindows }: ExecTask): string => (isWindows ? 'as administrator' : 'as root')

const asUserIn = (task: ExecTask, container: string): string =>
  `${task.isWindows ? 'As administrator' : 'As root'} in container \`${container}\``

const planCommand = (state: ExecState, command: RequestedCommand): NewPlan => {
  const { ref, places, minutes, keepsGoing } = state
  const common = commonParts(state)
  const isOne = places.length === 1
  const areWaves = places.length > WAVE
  return {
    ...common.plan,
    ...(keepsGoing && { keepsGoing }),
    title: `Run ${command.named === undefined ? 'a command' : `*${command.named}*`} in ${isOne ? '' : `${places.length} tasks of `}*${ref.service}*`,
    verbatim: shellText(command.argv),
    changes: [],
    risk: command.named === undefined ? common.shellRisk : CONFIGURED,
    losses: [
      ...(command.named === undefined
        ? shellLosses(state)
        : ['Runs a command of the configuration', ...whereLosses(state), 'What it does cannot be undone']),
      ...unloggedLosses(state),
    ],
    undo: CANNOT_BE_UNDONE,
    consequences: [
      whereOf(places),
      ...common.role,
      'Its output appears in the thread of the card, with possible secrets hidden.',
      ...common.log,
      `Stopped after ${minutes} min if it has not ended.`,
      ...(areWaves ? [afterFailure(keepsGoing)] : []),
      ...common.warnings,
    ],
    calls: withCommandOnce(places.map(one => callOf(state, one, command))),
  }
}

const namesOf = (places: readonly Chosen[]): readonly string[] => [
  ...new Set(places.map(({ container }) => container.name)),
]

/**
 * The place of the command in words. During a deployment, tasks run different revisions, which may have different
 * roles.
 */
const whereOf = (places: readonly Chosen[]): string => {
  const [first, ...others] = places
  const tasks =
    others.length === 0
      ? `task \`${first?.task.id.slice(0, 8)}\``
      : `each of ${places.length} tasks, ${places.length > WAVE ? 'five at a time' : 'all at once'}`
  const where = `In container ${namesOf(places)
    .map(name => `\`${name}\``)
    .join(' or ')} of ${tasks}`
  const kinds = places.map(({ task }) => `\`${task.definition}\`, as root, with ${roleOf(task)}`)
  const [kind, ...otherKinds] = new Set(kinds)
  if (otherKinds.length === 0) return `${where}, which runs ${kind}.`
  const each = [kind, ...otherKinds].map(one => {
    const count = kinds.filter(kind => kind === one).length
    return `${count} ${count === 1 ? 'runs' : 'run'} ${one}`
  })
  return `${where}: ${each.join('; ')}.`
}

const afterFailure = (keepsGoing: ExecState['keepsGoing']): string =>
  keepsGoing ? 'After a failure it continues with the other tasks.' : 'After a failure, no further five tasks start.'

/** The parts that plans for a command and for shell access have in common. */
const commonParts = ({ ref, site, places, ways, invocation }: ExecState) => {
  const roles = rolesOf(places)
  return {
    plan: {
      kind: 'plan',
      command: 'exec',
      role: 'exec',
      isUnlocked: true,
      invocation,
      target: ref,
      size: places.length,
      tasks: 0,
      offers: [],
      binds: {
        tasks: places.map(one => one.task.id),
        container: namesOf(places).join(', '),
        images: [...new Set(places.map(one => one.container.image))],
        'task definitions': [...new Set(places.map(one => one.task.definition))],
        'task roles': [...new Set(places.map(one => one.task.taskRole ?? ''))],
        'their power': powersOf(roles),
        log: logBound(site, roles),
      },
      drifts: {},
    },
    shellRisk: shellRisk([
      ...new Set(
        places.map(({ task }) => `A shell has the permissions of ${roleOf(task)}, and can read its credentials`),
      ),
      ...powersOf(roles).map(power => `The role is ${power}`),
    ]),
    role: roles.flatMap(taskRoleLines),
    log: logLines(site, roles),
    warnings: [
      ...new Set([
        ...places.flatMap(({ task }) => sharedProcesses(task) ?? []),
        ...ways,
        ...places.flatMap(({ container }) =>
          container.awsKeys.map(
            key => `Its environment has \`${key}\`: the agent may use it instead of the task role and fail to connect.`,
          ),
        ),
      ]),
    ],
  } as const
}

const roleOf = ({ taskRole }: ExecTask): string =>
  taskRole === undefined ? 'no task role' : `the task role *${taskRole}*`

/**
 * What a shell may do with the task roles. Approvals depend on it, because a role may get more permissions under the
 * same name.
 */
const powersOf = (roles: readonly TaskRole[]): readonly string[] => [
  ...new Set(roles.flatMap(role => powerOf(role) ?? [])),
]

const callOf = (
  { ref, site, minutes }: Pick<ExecState, 'ref' | 'site' | 'minutes'>,
  { task, container, role }: Chosen,
  { argv }: RequestedCommand,
): ExecCall => ({
  service: 'ecs',
  action: 'ExecuteCommand',
  input: { cluster: site.clusterArn, task: task.arn, container: container.name, interactive: true },
  argv,
  minutes,
  // The agent's target id in Session Manager. It is part of the encryption context.
  targetId: `ecs:${ref.cluster}_${task.id}_${container.runtimeId}`,
  ...(site.key !== undefined && { key: site.key }),
  ...writableLogs(site, role),
  ...(task.zone !== undefined && { zone: task.zone }),
  resources: [site.clusterArn, task.arn],
  repeatable: false,
})
