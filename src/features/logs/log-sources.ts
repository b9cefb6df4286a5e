// Chooses the log streams to read: the streams of tasks and containers that match the request and write to CloudWatch
// Logs.

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
  const chosen = chooseTasks(ref, tasks, asked)
  if ('kind' in chosen) return chosen
  const names = chosen.flatMap(({ containers }) => containers.map(({ name }) => name))
  if (asked.container !== undefined && !names.some(name => isAsked(name, asked.container)))
    return refuse(
      `*${ref.service}* has no container *${asked.container}*.`,
      `It has ${listed([...new Set(names.map(plainContainer))])}.`,
    )
  const writing = chosen.flatMap(({ id, containers }) =>
    containers.filter(({ name }) => isAsked(name, asked.container)).map(container => ({ task: id, ...container })),
  )
  const sources = writing.flatMap(({ task, name, destination }) =>
    destination.kind === 'cloudwatch' ? [{ task, container: name, ...destination }] : [],
  )
  const notes = elsewhere(writing)
  if (sources.length > 0) return { sources, notes }
  return refuse(`The logs of *${ref.service}* are not in CloudWatch Logs. ${notes.join(' ')}`)
}

/**
 * The prefix of the container name of Service Connect's proxy. The suffix differs in each task, so people type the
 * prefix.
 */
const PROXY = 'ecs-service-connect'

const plainContainer = (name: string): string => (name.startsWith(`${PROXY}-`) ? PROXY : name)

const isAsked = (name: string, asked = name): boolean => name === asked || plainContainer(name) === asked

/** Notes about containers that do not write to CloudWatch Logs, each once. */
const elsewhere = (containers: readonly LogContainer[]): readonly string[] => {
  const notes = containers.flatMap(({ name, destination }) =>
    destination.kind === 'elsewhere' ? [`*${plainContainer(name) || 'A container'}* writes ${destination.where}.`] : [],
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
          `*${service}* has no running or recently stopped task \`${task}\`.`,
          tasks.length === 0 ? undefined : `Tasks: ${listed(tasks.map(({ id }) => id.slice(0, 8)))}.`,
        )
  }
  const recent = tasks.filter(({ stoppedAt }) => stoppedAt === undefined || Date.parse(stoppedAt) >= from)
  return recent.length > 0
    ? recent
    : refuse(
        `*${service}* has no running task, and none stopped within ${words}.`,
        'ECS lists stopped tasks for an hour.',
      )
}

const MOST_LISTED = 8

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, MOST_LISTED).map(name => `*${name}*`)
  const more = names.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
