// Pure: plans a standalone task that runs one command, from the revision and in the place of a service's tasks.

import { CANNOT_BE_UNDONE, cardLine, shortenedLine } from '../../engine/cards/card-line.ts'
import type { EcsCall, Line, NewPlan, Risk } from '../../engine/change/plan.ts'
import { shellRisk } from '../../engine/change/risk.ts'
import { plainName, shortName, wholeName } from '../../kit/messages/text.ts'
import { imageTagParts } from '../deployments/image-tags.ts'
import { shellText } from './allowed-command.ts'
import { overridesOf, type RunState } from './load-run.ts'
import { powerOf, taskRoleLines } from './task-role.ts'
import { isLogged } from './unlogged.ts'

export const planRun = (state: RunState): NewPlan => {
  const { site, container, command, role, tags, invocation } = state
  const { service, definition } = site
  const parts = imageTagParts(tags, riskOf(state))
  return {
    kind: 'plan',
    command: 'run',
    also: ['exec'],
    role: 'deployer',
    runsCommands: true,
    isUnlocked: true,
    invocation,
    target: service.ref,
    title: `Run ${command.named === undefined ? 'a command' : `*${command.named}*`} in a new task of *${service.ref.service}*`,
    verbatim: shellText(command.argv),
    changes: parts.changes,
    details: parts.details,
    risk: parts.risk,
    size: 1,
    tasks: 0,
    losses: [...lossesOf(state), ...parts.losses],
    undo: CANNOT_BE_UNDONE,
    consequences: [
      `One task of \`${plainName(definition.name)}\`, with the network, capacity and platform of the service. It is in no target group, and ends with the command.`,
      entryText(state),
      ...(role === undefined ? [] : taskRoleLines(role)),
      'The other containers of the task start as usual, and end with it.',
      isLogged(container)
        ? 'Its last log lines appear in the thread of the card, with possible secrets hidden.'
        : '*ECS does not log the task.*',
      'It may run for hours. *Stop* and a halt stop the task; nothing starts it again.',
    ],
    offers: [],
    calls: [callOf(state)],
    binds: {
      createdAt: service.createdAt,
      container: container.name,
      image: container.image,
      log: container.logDriver ?? '',
      'task role': role?.name ?? '',
      'its power': (role && powerOf(role)) ?? '',
      ...parts.binds,
    },
    drifts: {},
  }
}

/** The operation adds `clientToken` and `startedBy`, so that a repeated call returns the same task. */
const callOf = ({ site, container, command }: RunState): EcsCall => ({
  service: 'ecs',
  action: 'RunTask',
  input: {
    cluster: site.clusterArn,
    taskDefinition: site.definition.arn,
    count: 1,
    ...site.where,
    overrides: overridesOf(container, command),
  },
  resources: [site.definition.arn],
  passes: site.definition.roles,
  repeatable: true,
})

const riskOf = ({ command, role, container }: RunState): Risk => {
  if (command.named !== undefined)
    return container.hasEntryPoint
      ? shellRisk(['An entry point gets the configured command as its arguments'])
      : { level: 'medium', reasons: ['A new task starts, with all its containers, for a configured command'] }
  const power = role && powerOf(role)
  return shellRisk([
    `The command has the permissions of ${role === undefined ? 'no task role' : `the task role *${role.name}*`}`,
    ...(power === undefined ? [] : [`The role is ${power}`]),
  ])
}

const lossesOf = ({ site, container, command, role }: RunState): readonly Line[] => {
  const where = (task: string, name: string) => `In a new task of \`${task}\`, container \`${name}\``
  const power = role && powerOf(role)
  return [
    command.named === undefined ? roleLoss(role?.name) : 'Runs a command of the configuration',
    ...(isLogged(container) ? [] : ['ECS does not log the task']),
    shortenedLine(
      where(wholeName(site.definition.name), wholeName(container.name)),
      where(shortName(site.definition.name, 24), shortName(container.name, 14)),
    ),
    ...(command.named === undefined && power !== undefined ? [cardLine(`The role is ${power}`)] : []),
    'What it does cannot be undone',
  ]
}

const roleLoss = (role: string | undefined): Line => {
  if (role === undefined) return 'The command runs without a task role'
  const line = (shown: string) => `The command has the permissions of the task role \`${shown}\``
  return shortenedLine(line(wholeName(role)), line(shortName(role)))
}

const entryText = ({ container, site: { definition } }: RunState): string =>
  container.hasEntryPoint
    ? `The entry point in \`${plainName(definition.name)}\` gets the command as its arguments.`
    : 'If the image has an entry point, it gets the command as its arguments.'
