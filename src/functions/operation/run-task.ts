// Runs a standalone task: starts it at most once, watches it to its end, and shows its last log lines in the thread.

import { createHash } from 'node:crypto'
import { boundedText } from '../../engine/change/bounded.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { EcsCall } from '../../engine/change/plan.ts'
import type { Writer } from '../../engine/change/ports.ts'
import { causeOf } from '../../features/status/why-stopped.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { TaskNow } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { JsonObject } from '../../model/json.ts'
import { stopReason } from './exec/stop.ts'
import { showProgress } from './show-progress.ts'
import { pollUntil, step } from './steps.ts'
import { errorText, type Story, stepName } from './story.ts'
import { postTaskLogs } from './task-logs.ts'

/** ECS API reference, RunTask: a client token has at most 64 characters, `startedBy` 128 of these. */
const tokenOf = (operation: string): string => createHash('sha256').update(`run ${operation}`).digest('hex')
const startedByOf = (operation: string): string =>
  `quarterdeck/${operation}`.replace(/[^A-Za-z0-9/_-]/g, '-').slice(0, 128)

type Started = { readonly requestId: string; readonly task: string }

export const runTask = async (call: EcsCall, since: string, story: Story): Promise<Outcome> => {
  const { ctx } = story
  const started = await step(ctx, stepName(story, 'call 1: RunTask'), () => startTask(call, story)).catch(maybeStarted)
  if ('status' in started) return started
  const ended = await watchTask(started.task, since, story)
  const outcome = outcomeOf(ended, containerOf(call), since)
  // CloudWatch shows lines some seconds after they were written.
  await ctx.wait(stepName(story, 'logs: wait'), { seconds: 10 })
  const notes = await postTaskLogs({ task: started.task, container: containerOf(call), since, outcome }, story)
  const details = [`Task \`${started.task.split('/').at(-1)}\``, ...(outcome.details ?? []), ...notes]
  return { ...outcome, details, requestIds: [started.requestId] }
}

const containerOf = ({ input }: EcsCall): string => {
  const { containerOverrides: [first] = [] } = (input['overrides'] ?? {}) as {
    readonly containerOverrides?: readonly { readonly name: string }[]
  }
  return first?.name ?? ''
}

/** The same token makes a repeated call return the same task, also after a lost answer. */
const startTask = async (call: EcsCall, story: Story): Promise<Started | Outcome> => {
  const { id } = story.job
  const input = { ...call.input, clientToken: tokenOf(id), startedBy: startedByOf(id) }
  try {
    const write = await writerOf(story, [call], 'deployer')
    const { requestId, output } = await write({ ...call, input })
    return startedIn(output ?? {}, requestId)
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
    return { status: 'failed', text: boundedText(error.message), requestIds: [] }
  }
}

type RunAnswer = {
  readonly tasks?: readonly { readonly taskArn?: string }[]
  readonly failures?: readonly { readonly reason?: string; readonly detail?: string }[]
}

/** ECS answers without an error where it has no room for a task. */
const startedIn = (output: JsonObject, requestId: string): Started | Outcome => {
  const { tasks: [task] = [], failures: [failure] = [] } = output as RunAnswer
  if (task?.taskArn !== undefined && task.taskArn !== '') return { requestId, task: task.taskArn }
  const { reason = 'no reason given', detail = '' } = failure ?? {}
  const text = `ECS started no task: ${plainName(reason, 200)}${detail === '' ? '' : ` (${plainName(detail, 100)})`}.`
  return { status: 'failed', text: boundedText(text), requestIds: [requestId] }
}

const maybeStarted = (error: unknown): Outcome => ({
  status: 'unknown',
  text: boundedText(`The task may or may not have started: ${errorText(error)}.`),
})

const writerOf = async (
  { job, ports, face, approval }: Story,
  calls: readonly EcsCall[],
  role: 'deployer' | 'operator',
): Promise<Writer> =>
  ports.writer(await ports.config(), {
    plan: { ...face.plan, calls },
    who: { actor: job.actor, corporateId: face.corporateId },
    approvers: approval.votes.map(({ voter }) => voter.user),
    operation: job.id,
    role,
  })

/** `why`: why the task is being stopped. `lost`: why it is no longer watched. */
type Watch = {
  readonly task: TaskNow | null
  readonly text: string
  readonly misses: number
  readonly why?: string
  readonly lost?: string
}

/** Failed polls in a row, and polls for which ECS may not show a new task yet. */
const MOST_MISSES = 20

const watchTask = (arn: string, since: string, story: Story): Promise<Watch> => {
  const first: Watch = { task: null, text: '', misses: 0 }
  const isOver = ({ task, lost }: Watch) => task?.status === 'STOPPED' || lost !== undefined
  return pollUntil(
    story.ctx,
    stepName(story, 'watch'),
    first,
    before => lookAt(arn, since, before, story),
    isOver,
  ).catch(error => ({ ...first, lost: errorText(error) }))
}

const lookAt = async (arn: string, since: string, before: Watch, story: Story): Promise<Watch> => {
  try {
    return await lookOnce(arn, since, before, story)
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return missed(before, errorText(error))
  }
}

const missed = (before: Watch, why: string): Watch =>
  before.misses < MOST_MISSES ? { ...before, misses: before.misses + 1 } : { ...before, lost: why }

const lookOnce = async (arn: string, since: string, before: Watch, story: Story): Promise<Watch> => {
  const { job, ports, face } = story
  const { target } = face.plan
  const read = ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)
  const task = await read.task(target, arn)
  if (task === undefined) return missed(before, 'ECS no longer has the task')
  const why = before.why ?? (await stopReason(job.id, ports, () => read.halted(target)))
  if (why !== undefined && task.desired !== 'STOPPED') await stopTask(arn, why, story)
  const text = `task ${task.id.slice(0, 8)} ${why === undefined ? wordOf(task) : 'is being stopped'}`
  if (text !== before.text && task.status !== 'STOPPED') await showProgress(story, { text, since })
  return { task, text, misses: 0, ...(why !== undefined && { why }) }
}

const wordOf = ({ status }: TaskNow): string => (status === 'RUNNING' ? 'runs' : `is ${status.toLowerCase()}`)

const stopTask = async (arn: string, reason: string, story: Story): Promise<void> => {
  const { target } = story.face.plan
  const call: EcsCall = {
    service: 'ecs',
    action: 'StopTask',
    input: { cluster: target.cluster, task: arn, reason: `Quarterdeck: ${reason}`.slice(0, 255) },
    resources: [arn],
    repeatable: true,
  }
  await (await writerOf(story, [call], 'operator'))(call)
}

const outcomeOf = ({ task, why, lost, text }: Watch, container: string, since: string): Outcome => {
  if (task === null) return { status: 'unknown', text: `The task was started, but cannot be read: ${lost ?? text}.` }
  if (task.status !== 'STOPPED')
    return { status: 'unknown', text: boundedText(`No longer watched: ${lost ?? text}. The task may still run.`) }
  const { exitCode } = task.containers.find(({ name }) => name === container) ?? {}
  const seconds = (Date.parse(task.stoppedAt) - Date.parse(task.startedAt ?? since)) / 1_000
  const ran = { ...(exitCode !== undefined && { status: exitCode }), seconds, line: '' }
  if (why !== undefined) return { status: 'failed', text: why, ran }
  if (task.startedAt === undefined)
    return { status: 'failed', text: boundedText(`The task never ran: ${causeText(task)}.`) }
  if (exitCode === 0) return { status: 'done', text: 'It exited with 0.', ran }
  return exitCode === undefined
    ? { status: 'unknown', text: boundedText(`ECS reports no exit code: ${causeText(task)}.`), ran }
    : {
        status: 'failed',
        text: boundedText(`${plainName(container, 60)} exited with ${exitCode}.`),
        ran,
        ...whyOf(task),
      }
}

const causeText = (task: TaskNow): string => causeOf(task).text.replace(/\.$/, '')

const whyOf = (task: TaskNow): Pick<Outcome, 'details'> => ({ details: [causeText(task)] })
