// Loads one task to stop: of a service, or a standalone one of its cluster.

import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { redactText } from '../../features/logs/redaction.ts'
import { isWholeId } from '../../features/services/find-task.ts'
import { causeOf } from '../../features/status/why-stopped.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service, ServiceRef, TaskNow } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { Readers } from '../readers.ts'

export type Stopping = {
  /** The task's service; for a standalone task, a service of its cluster. */
  readonly service: Service
  readonly task: TaskNow
  readonly isStandalone: boolean
  /** The end of its scale-in protection, ISO 8601. */
  readonly protectedUntil?: string
  /** What ECS keeps with the task: who stops it, and why. */
  readonly reason: string
}

type Reads = Pick<Readers, 'service' | 'task' | 'taskOwners' | 'runningTasks' | 'protectedTasks'>

type Own = Pick<Asker, 'who' | 'reason' | 'config' | 'facts'>

const SERVICE = 'service:'
/** Characters of a task's id that tell it from others, as in /ecs tasks. */
export const SHORT_ID = 8

export const loadStop = async (
  ref: ServiceRef,
  wanted: string | undefined,
  read: Reads,
  asker: Own,
): Promise<Stopping | Refusal> => {
  if (wanted === undefined) return askForTask(ref, 'Which task?', read)
  const id = await wholeIdOf(ref, wanted, read)
  if (isRefusal(id)) return id
  const [service, task] = await Promise.all([read.service(ref), read.task(ref, id)])
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  if (task === undefined || !maySee(ref, task, asker))
    return askForTask(ref, `There is no task \`${wanted}\` in *${ref.cluster}* any more.`, read)
  const refusal = refuseTask(ref, task)
  if (refusal !== undefined) return refusal
  const isStandalone = ownerOf(task) === undefined
  const until = isStandalone ? undefined : (await read.protectedTasks(ref)).find(one => one.id === task.id)?.until
  return {
    service,
    task,
    isStandalone,
    ...(until !== undefined && { protectedUntil: until }),
    reason: reasonText(asker),
  }
}

/** ECS shows the reason as `stoppedReason` for the hour that it keeps the task. The length is our choice. */
const MOST_REASON = 255

const reasonText = (asker: Pick<Asker, 'who' | 'reason' | 'config'>): string => {
  const { who, reason } = asker
  const shown = reason === undefined ? '' : `: ${redactText(reason, asker)}`
  return `Stopped with Quarterdeck by ${who.corporateId}${shown}`.slice(0, MOST_REASON)
}

/** The whole id of the service's task, or of a standalone task of the cluster, that begins with this. */
const wholeIdOf = async (ref: ServiceRef, wanted: string, read: Reads): Promise<string | Refusal> => {
  if (isWholeId(wanted)) return wanted
  const { tasks, isPartial } = await read.taskOwners(ref, wanted)
  const found = tasks.filter(({ service = ref.service }) => service === ref.service)
  const [first, second] = found
  if (isPartial) return refuse('Not all tasks were searched.', 'Write the full task id.')
  if (first === undefined)
    return askForTask(ref, `*${fullName(ref)}* has no task whose id begins with \`${wanted}\`.`, read)
  if (second === undefined) return first.id
  return refuse(
    `${found.length} task ids of *${fullName(ref)}* begin with \`${wanted}\`.`,
    'Which one?',
    found.slice(0, MOST_OFFERED).map(one => offerOf(ref, one.id)),
  )
}

const MOST_OFFERED = 5

const offerOf = (ref: ServiceRef, id: string) => ({
  label: `Stop ${id.slice(0, SHORT_ID)}`,
  invocation: `stop ${fullName(ref)} --task ${id}`,
})

/** Offers the oldest tasks of the service. */
const askForTask = async (ref: ServiceRef, text: string, read: Reads): Promise<Refusal> => {
  const { tasks } = await read.runningTasks(ref)
  const oldest = tasks.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)).slice(0, MOST_OFFERED)
  return oldest.length === 0
    ? refuse(text, `*${fullName(ref)}* runs no task.`)
    : refuse(
        text,
        'Choose one of the oldest, or write its id.',
        oldest.map(({ id }) => offerOf(ref, id)),
      )
}

/** The name of the service that started the task; undefined for a standalone task. */
const ownerOf = ({ group }: TaskNow): string | undefined =>
  group.startsWith(SERVICE) ? group.slice(SERVICE.length) : undefined

/** A task of a service that the asker may not view answers as one that does not exist. */
const maySee = (ref: ServiceRef, task: TaskNow, { who, config, facts }: Own): boolean => {
  const service = ownerOf(task) ?? ref.service
  return accessOf(who.actor, 'viewer', { ...ref, service }, config, facts).kind === 'allowed'
}

const refuseTask = (ref: ServiceRef, task: TaskNow): Refusal | undefined => {
  const { id, status, desired } = task
  const name = `\`${id.slice(0, SHORT_ID)}\``
  const owner = ownerOf(task)
  if (owner !== undefined && owner !== ref.service)
    return refuse(`${name} is a task of *${plainName(owner)}*, not of *${ref.service}*.`, undefined, [
      offerOf({ ...ref, service: owner }, id),
    ])
  // Why a standalone task stopped is seen by those who may see its cluster, and the rights are judged later.
  if (status === 'STOPPED')
    return refuse(`${name} has stopped already${owner === undefined ? '' : `: ${causeOf(task).text}`}.`)
  return desired === 'STOPPED' ? refuse(`${name} is stopping already: ${status.toLowerCase()}.`) : undefined
}
