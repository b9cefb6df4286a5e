// What a command or a shell in a container may do, one line each.

import { cardLine, shortenedLine } from '../../engine/cards/card-line.ts'
import type { Line } from '../../engine/change/plan.ts'
import { shortName, wholeName } from '../../kit/messages/text.ts'
import type { ExecState } from './load-exec.ts'
import { rolesOf } from './pick-container.ts'
import { WAVE } from './request.ts'
import { logsNothing } from './session-log.ts'
import { powerOf } from './task-role.ts'

/** Roles that are named; a deployment in progress has two. */
const MOST_ROLES = 2

/** What a shell may do: a command line that the configuration does not define, or shell access. */
export const shellLosses = (state: ExecState): readonly Line[] => {
  const { places } = state
  const names = [...new Set(places.map(({ task }) => task.taskRole))]
  const powers = new Set(rolesOf(places).flatMap(role => powerOf(role) ?? []))
  return [
    ...names.slice(0, MOST_ROLES).map(roleLoss),
    ...(names.length > MOST_ROLES
      ? [{ text: `and ${names.length - MOST_ROLES} more task roles`, isCut: true } as const]
      : []),
    ...whereLosses(state),
    ...[...powers].map(power => cardLine(`The role is ${power}`)),
    'What it does cannot be undone',
  ]
}

const roleLoss = (role: string | undefined): Line => {
  if (role === undefined) return 'A shell runs without a task role'
  const line = (shown: string) => `A shell has the permissions of the task role \`${shown}\``
  return shortenedLine(line(wholeName(role)), line(shortName(role)))
}

/** The characters of a task's id that tell it from others, as in /ecs tasks. */
const TASK_ID = 8

/** The tasks: one of several by its id, or all of them. */
export const whereLosses = ({ places, site }: ExecState): readonly string[] => {
  const [first, ...others] = places
  if (first === undefined) return []
  if (others.length === 0) return [`In ${oneOf(site.tasks.length)}, ${first.task.id.slice(0, TASK_ID)}`]
  return [`In all ${places.length} tasks, ${places.length > WAVE ? 'five at a time' : 'all at once'}`]
}

const oneOf = (count: number): string => (count < 2 ? 'the only task' : `1 of ${count} tasks`)

/** Empty where ECS logs the session. */
export const unloggedLosses = ({ site, places }: ExecState): readonly string[] =>
  site.log === undefined || rolesOf(places).some(role => logsNothing(site, role))
    ? ['ECS does not log the session']
    : []
