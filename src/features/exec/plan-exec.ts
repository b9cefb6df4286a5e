// What is known of a container to the plan of running a command in it, or of letting somebody in.

import type { ExecCall, Grant, Plan } from '../../engine/change/plan.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { shown, type Wanted } from './allowed-command.ts'
import { heldOnce } from './calls.ts'
import { GRANT_TAG, grantingOf, lineOf } from './grant.ts'
import type { ExecState } from './load-exec.ts'
import { type Chosen, rolesOf } from './pick-container.ts'
import { sharedProcesses } from './readiness.ts'
import { WAVE } from './request.ts'
import { keptIn, logBound, logLines } from './session-log.ts'
import type { ExecTask } from './site.ts'
import { powerOf, type TaskRole, taskRoleLines } from './task-role.ts'

export const planExec = (state: ExecState): Plan | Refusal => {
  const [first] = state.places
  if (first === undefined) return refuse('Nothing runs there any more.')
  return state.wanted === undefined ? planGrant(state, first) : planCommand(state, state.wanted)
}

const planGrant = (state: ExecState, place: Chosen): Plan => {
  const { ref, minutes, own } = state
  const { task, container } = place
  const grant: Grant = { minutes, task: task.id, taskArn: task.arn, container: container.name }
  const { corporateId } = own.who
  const common = inCommon(state)
  return {
    ...common.plan,
    title: `Let ${corporateId} into *${ref.service}*`,
    grant,
    verbatim: lineOf({ target: ref }, grant),
    changes: [
      {
        what: `Tag \`${GRANT_TAG}\` of task \`${task.id.slice(0, 8)}\``,
        from: task.grantee ?? 'nobody',
        to: corporateId,
      },
    ],
    risk: common.shellRisk,
    totalMinutes: minutes,
    consequences: [
      `For ${minutes} min, in container \`${container.name}\`, which runs \`${task.definition}\`, as root.`,
      ...common.role,
      'They sign in as themselves, in their own terminal: Quarterdeck neither sees nor passes on what is typed there.',
      ...common.log,
      'Then the tag is removed, and every session in that task is ended.',
      ...common.warnings,
    ],
    calls: [grantingOf(grant, own)],
    binds: { ...common.plan.binds, minutes },
  }
}

const planCommand = (state: ExecState, wanted: Wanted): Plan => {
  const { ref, places, minutes, keepsGoing } = state
  const common = inCommon(state)
  const isOne = places.length === 1
  const areWaves = places.length > WAVE
  return {
    ...common.plan,
    ...(keepsGoing && { keepsGoing }),
    title: `Run ${wanted.named === undefined ? 'a command' : `*${wanted.named}*`} in ${isOne ? '' : `${places.length} tasks of `}*${ref.service}*`,
    verbatim: shown(wanted.argv),
    changes: [],
    risk:
      wanted.named === undefined
        ? common.shellRisk
        : { level: 'low', reasons: ['The configuration knows this command word for word'] },
    consequences: [
      whereOf(places),
      ...common.role,
      'What it prints is shown in this thread to everybody who can read it, with what looks like a secret hidden.',
      ...common.log,
      `Stopped after ${minutes} min if it has not ended by then.`,
      ...(areWaves ? [afterFailure(keepsGoing)] : []),
      ...common.warnings,
    ],
    calls: heldOnce(places.map(one => callOf(state, one, wanted))),
  }
}

const namesOf = (places: readonly Chosen[]): readonly string[] => [
  ...new Set(places.map(({ container }) => container.name)),
]

/** While a deployment goes on, tasks run different revisions, which may have different roles. */
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
    const count = kinds.filter(other => other === one).length
    return `${count} ${count === 1 ? 'runs' : 'run'} ${one}`
  })
  return `${where}: ${each.join('; ')}.`
}

const afterFailure = (keepsGoing: ExecState['keepsGoing']): string =>
  keepsGoing ? 'It goes on when it fails in one of them.' : 'When it fails in one of them, no further five begin.'

/** A command and a person do it the same: both are a shell at that place. */
const inCommon = ({ ref, site, places, ways, invocation }: ExecState) => {
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
    shellRisk: {
      level: 'high',
      reasons: [
        ...new Set(
          places.map(({ task }) => `A shell may do whatever ${roleOf(task)} may: its credentials are one request away`),
        ),
        ...powersOf(roles).map(power => `That is ${power}`),
      ],
    },
    role: roles.flatMap(taskRoleLines),
    log: logLines(site, roles),
    warnings: [
      ...new Set([
        ...places.flatMap(({ task }) => sharedProcesses(task) ?? []),
        ...ways,
        ...places.flatMap(({ container }) =>
          container.awsKeys.map(
            key => `Its environment has \`${key}\`: the agent may use that in place of the task role, and not connect.`,
          ),
        ),
      ]),
    ],
  } as const
}

const roleOf = ({ taskRole }: ExecTask): string =>
  taskRole === undefined ? 'no task role' : `the task role *${taskRole}*`

/** Consent binds to it: a role may be given more while its name stays. */
const powersOf = (roles: readonly TaskRole[]): readonly string[] => [
  ...new Set(roles.flatMap(role => powerOf(role) ?? [])),
]

const callOf = (
  { ref, site, minutes }: Pick<ExecState, 'ref' | 'site' | 'minutes'>,
  { task, container, role }: Chosen,
  { argv }: Wanted,
): ExecCall => ({
  service: 'ecs',
  action: 'ExecuteCommand',
  input: { cluster: site.clusterArn, task: task.arn, container: container.name, interactive: true },
  argv,
  minutes,
  // Facts: how the agent names itself to Session Manager, which encryption binds to.
  targetId: `ecs:${ref.cluster}_${task.id}_${container.runtimeId}`,
  ...(site.key !== undefined && { key: site.key }),
  ...keptIn(site, role),
  ...(task.zone !== undefined && { zone: task.zone }),
  resources: [site.clusterArn, task.arn],
  repeatable: false,
})
