// Which streams are meant: of the tasks that ran in the time asked for, their containers that write to CloudWatch Logs.

import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Span } from './log-span.ts'
import type { LogContainer, LogTask } from './log-types.ts'

export type Source = {
  readonly task: string
  readonly container: string
  readonly group: string
  readonly region: string
  readonly stream: string
}

type Asked = {
  readonly container?: string
  readonly task?: string
  readonly span: Pick<Span, 'from' | 'words'>
}

type Chosen = { readonly sources: readonly Source[]; readonly notes: readonly string[] }

export const chooseSources = (ref: ServiceRef, tasks: readonly LogTask[], asked: Asked): Chosen | Refusal => {
  const meant = chooseTasks(ref, tasks, asked)
  if ('kind' in meant) return meant
  const names = meant.flatMap(({ containers }) => containers.map(({ name }) => name))
  if (asked.container !== undefined && !names.some(name => isAsked(name, asked.container)))
    return refuse(
      `*${ref.service}* has no container *${asked.container}*.`,
      `It has ${listed([...new Set(names.map(known))])}.`,
    )
  const writing = meant.flatMap(({ id, containers }) =>
    containers.filter(({ name }) => isAsked(name, asked.container)).map(container => ({ task: id, ...container })),
  )
  const sources = writing.flatMap(({ task, name, destination }) =>
    destination.kind === 'cloudwatch' ? [{ task, container: name, ...destination }] : [],
  )
  const notes = elsewhere(writing)
  if (sources.length > 0) return { sources, notes }
  return refuse(`The logs of *${ref.service}* are not in CloudWatch Logs. ${notes.join(' ')}`)
}

/** Service Connect's proxy has another name in each task; people know it by the beginning. */
const PROXY = 'ecs-service-connect'

const known = (name: string): string => (name.startsWith(`${PROXY}-`) ? PROXY : name)

const isAsked = (name: string, asked = name): boolean => name === asked || known(name) === asked

/** Each container once, however many tasks have it. */
const elsewhere = (containers: readonly LogContainer[]): readonly string[] => {
  const notes = containers.flatMap(({ name, destination }) =>
    destination.kind === 'elsewhere' ? [`*${known(name)}* writes ${destination.where}.`] : [],
  )
  return [...new Set(notes)]
}

const chooseTasks = (
  { service }: ServiceRef,
  tasks: readonly LogTask[],
  { task, span: { from, words } }: Asked,
): readonly LogTask[] | Refusal => {
  if (task !== undefined) {
    const named = tasks.filter(({ id }) => id.startsWith(task))
    return named.length > 0
      ? named
      : refuse(
          `No task of *${service}* that runs, or stopped within the last hour, begins with \`${task}\`.`,
          tasks.length === 0 ? undefined : `There are ${listed(tasks.map(({ id }) => id.slice(0, 8)))}.`,
        )
  }
  const recent = tasks.filter(({ stoppedAt }) => stoppedAt === undefined || Date.parse(stoppedAt) >= from)
  return recent.length > 0
    ? recent
    : refuse(
        `No task of *${service}* runs, and none stopped within ${words}.`,
        'ECS shows tasks that stopped for an hour.',
      )
}

const MOST_LISTED = 8

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, MOST_LISTED).map(name => `*${name}*`)
  const more = names.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
