// Picks the tasks and containers of an exec request: the named task, the oldest task that is ready, or all tasks.

import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { problemsOf } from './readiness.ts'
import type { ExecReads } from './reads.ts'
import type { Asked } from './request.ts'
import type { ExecContainer, ExecSite, ExecTask } from './site.ts'
import type { TaskRole } from './task-role.ts'

/** One container of one task. */
export type Chosen = { readonly task: ExecTask; readonly container: ExecContainer; readonly role?: TaskRole }

/** The task roles of the chosen tasks, each once. */
export const rolesOf = (places: readonly Chosen[]): readonly TaskRole[] => [
  ...new Set(places.flatMap(({ role }) => role ?? [])),
]

/** Task roles, keyed by ARN. */
type Roles = ReadonlyMap<string, TaskRole>

/** The data from which a task is chosen. */
type Within = { readonly site: ExecSite; readonly roles: Roles; readonly ref: ServiceRef; readonly asker: Asker }

const readRoles = async (
  ref: ServiceRef,
  { tasks, ...site }: ExecSite,
  read: Pick<ExecReads, 'taskRole'>,
): Promise<Roles> => {
  const arns = [...new Set(tasks.flatMap(({ taskRoleArn }) => taskRoleArn ?? []))]
  return new Map(await Promise.all(arns.map(async arn => [arn, await read.taskRole(ref, arn, site)] as const)))
}

/** The chosen containers, at least one, or a refusal. */
export const placesFor = async (
  asked: Asked,
  { ref, site, read, asker }: Omit<Within, 'roles'> & { readonly read: Pick<ExecReads, 'taskRole'> },
): Promise<readonly Chosen[] | Refusal> => {
  const within = { site, roles: await readRoles(ref, site, read), ref, asker }
  if (asked.all === true) return chooseAll(asked.container, within)
  const chosen =
    asked.task === undefined ? chooseOldest(asked.container, within) : chooseNamed(asked.task, asked.container, within)
  return isRefusal(chosen) ? chosen : [chosen]
}

const byAge = ({ tasks }: ExecSite): readonly ExecTask[] =>
  tasks.toSorted((a, b) => (`${a.startedAt}${a.id}` < `${b.startedAt}${b.id}` ? -1 : 1))

const nothingRuns = (ref: ServiceRef): Refusal =>
  refuse(`*${fullName(ref)}* has no running task.`, 'A command needs a running task.')

/** Chooses the oldest task that is ready. If none is ready, refuses with the problem of the oldest task. */
const chooseOldest = (container: string | undefined, within: Within): Chosen | Refusal => {
  const tries = byAge(within.site).map(task => chooseContainer(task, container, within))
  return tries.find(one => !isRefusal(one)) ?? tries[0] ?? nothingRuns(within.ref)
}

/** Chooses the task that the request names. `wanted`: a task's id, or its first characters. */
const chooseNamed = (wanted: string, container: string | undefined, within: Within): Chosen | Refusal => {
  const { site, ref, asker } = within
  const name = `*${fullName(ref)}*`
  const running = byAge(site)
  if (running.length === 0) return nothingRuns(ref)
  const [task, another] = running.filter(({ id }) => id.startsWith(wanted))
  if (another !== undefined)
    return refuse(`Several task ids of ${name} begin with \`${wanted}\`.`, 'Write more of the id.')
  if (task !== undefined) return chooseContainer(task, container, within)
  return refuse(
    `${name} no longer has a running task \`${wanted}\`.`,
    'Choose another task:',
    running.slice(0, 3).map(({ id }) => ({ label: `Run in ${id.slice(0, 8)}`, invocation: asker.again({ task: id }) })),
  )
}

/**
 * The maximum number of tasks for `--all`: sessions are opened in small groups, and the thread shows the output of
 * each.
 */
const MOST_TASKS = 50

/** Chooses every running task, ordered by id. Refuses if one of them is not ready. */
const chooseAll = (container: string | undefined, within: Within): readonly Chosen[] | Refusal => {
  const { site, ref } = within
  const running = site.tasks.filter(({ status }) => status === 'RUNNING').toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (running.length === 0) return nothingRuns(ref)
  if (running.length > MOST_TASKS)
    return refuse(`*${fullName(ref)}* has ${running.length} tasks; \`--all\` is limited to ${MOST_TASKS}.`)
  const tries = running.map(task => chooseContainer(task, container, within))
  return tries.find(isRefusal) ?? tries.filter((one): one is Chosen => !isRefusal(one))
}

/** Matches the names of sidecar containers that AWS adds to tasks. */
const SIDECAR = /^(?:ecs-service-connect-|aws-guardduty-agent)/

export const isSidecar = (container: string): boolean => SIDECAR.test(container)

const chooseContainer = (
  task: ExecTask,
  wanted: string | undefined,
  { roles, ref, asker: { again } }: Within,
): Chosen | Refusal => {
  const containers = task.containers.filter(({ name }) => (wanted === undefined ? !isSidecar(name) : name === wanted))
  const [container, another] = containers
  const named = task.containers.map(({ name }) => `\`${name}\``).join(', ')
  if (container === undefined)
    return refuse(
      `Task \`${task.id.slice(0, 8)}\` has no container \`${wanted ?? ''}\`.`,
      named === '' ? 'ECS names no container of it.' : `It has ${named}.`,
    )
  if (another !== undefined)
    return refuse(
      `In which container? Task \`${task.id.slice(0, 8)}\` has ${named}.`,
      undefined,
      containers.slice(0, 5).map(({ name }) => ({ label: name, invocation: again({ container: name }) })),
    )
  const role = roles.get(task.taskRoleArn ?? '')
  const found = problemsOf(task, container, role)
  if (found.length === 0) return { task, container, ...(role !== undefined && { role }) }
  const lines = found.map(({ what, fix }) => `• ${what}: ${fix}`).join('\n')
  return refuse(
    `Commands cannot run in \`${container.name}\` of task \`${task.id.slice(0, 8)}\`:\n${lines}`,
    undefined,
    found.some(({ isOff }) => isOff) ? [{ label: 'Turn On ECS Exec', invocation: `exec enable ${fullName(ref)}` }] : [],
  )
}
