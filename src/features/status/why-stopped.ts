// Pure: explains why a task stopped. The stop code and the containers' exits decide first; the text of a reason is read last
// and without names. Source: ECS API reference, Task (stopCode, stoppedReason) and Container (exitCode, reason).

import { plainName } from '../../kit/messages/text.ts'
import { redact } from '../../kit/redact/redact.ts'
import type { StoppedTask } from '../../model/ecs.ts'
import { CODES, EXITS, RULES, STEPS, type StopKind, type StopRule } from './stop-rules.ts'
import { isGeneral, type Reason, takeApart } from './stop-text.ts'

export type StopCause = {
  readonly kind: StopKind
  readonly container?: string
  readonly exitCode?: number
  /** One or two sentences, at most 400 characters. */
  readonly text: string
  /** What to check or do next, in one sentence. */
  readonly nextStep: string
  /** False if the task was stopped while it worked: by a person, a scale-in, a deployment, Spot, or its host. */
  readonly isFailure: boolean
}

type Container = StoppedTask['containers'][number]

const MOST_TEXT = 400
/** The maximum number of characters of a reason that are read. A secret in the shown text begins within this length. */
const MOST_REASON = 2_000

/** The explanation: one or two sentences, at most 400 characters. */
export const whyStopped = (task: StoppedTask): string => causeOf(task).text

/** Whether a task failed. False if a person, the scheduler or AWS stopped it. */
export const isFailure = (task: StoppedTask): boolean => causeOf(task).isFailure

/** The cause of a stop. `service`: the service's name in commands of the next step. */
export const causeOf = (task: StoppedTask, service = ''): StopCause => {
  const { nextStep, text, ...cause } = foundCause(task)
  const container = cause.container === undefined ? 'its container' : plainName(cause.container, 80)
  return {
    ...cause,
    text: text.replaceAll('{container}', container).slice(0, MOST_TEXT),
    nextStep: nextStep.replaceAll(' {service}', service === '' ? '' : ` ${plainName(service)}`),
  }
}

const foundCause = (task: StoppedTask): StopCause => {
  switch (codeOf(task)) {
    case 'SpotInterruption':
      return unharmed('spot')
    case 'InfrastructureHealth':
      return unharmed('unhealthy-host')
    case 'TerminationNotice':
      return /Spot/.test(task.reason) ? unharmed('spot') : unharmed('host')
    case 'UserInitiated':
      return { ...unharmed('stopped-by'), text: `Stopped by someone: ${sentence(task.reason)}` }
    case 'ServiceSchedulerInitiated':
      return schedulerCause(task)
    case 'TaskFailedToStart':
      return startCause(task)
    case 'EssentialContainerExited':
      return exitCause(task)
    default: {
      const cause = fromTexts([task.reason]) ?? unknown(task.reason)
      return { ...cause, isFailure: cause.kind !== 'host' && cause.kind !== 'unknown' }
    }
  }
}

/** Stop codes by ECS's own texts, for tasks without a stop code. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^Scaling activity initiated by|^Task failed (?:container|ELB) health checks/, 'ServiceSchedulerInitiated'],
  [/^Essential container/, 'EssentialContainerExited'],
  [/^Your Spot Task/, 'SpotInterruption'],
]

const codeOf = ({ stopCode, reason }: StoppedTask): string =>
  stopCode || (TEXTS.find(([pattern]) => pattern.test(reason))?.[1] ?? '')

const unharmed = (code: keyof typeof CODES): StopCause => ({ ...CODES[code], isFailure: false })

/** The cause of a stop by the scheduler. The exit codes of containers are not considered. */
const schedulerCause = (task: StoppedTask): StopCause => {
  const [, by] = /^Scaling activity initiated by \(?deployment ([\w/-]+)/.exec(task.reason) ?? []
  if (by !== undefined) return unharmed(isReplaced(task, by) ? 'deployed' : 'scaled-in')
  if (/^Scaling activity/.test(task.reason)) return unharmed('scaled-in')
  const cause = fromTexts([task.reason])
  if (cause === undefined) return { ...unknown(task.reason), isFailure: false }
  return { ...cause, isFailure: cause.kind === 'health' || cause.kind === 'load-balancer' }
}

/** Whether the task was stopped by a deployment other than its own. */
const isReplaced = ({ deployment }: StoppedTask, by: string): boolean => deployment !== undefined && deployment !== by

const startCause = (task: StoppedTask): StopCause => {
  const suspects = suspectsOf(task.containers)
  const telling = suspects.filter(({ reason }) => !isGeneral(reason ?? ''))
  const texts = [task.reason, ...telling.map(({ reason = '' }) => reason)].filter(text => !isGeneral(text))
  const found = fromTexts(texts)
  if (found !== undefined) return named(found, telling.length === 1 ? telling[0] : undefined)
  const [text] = texts
  if (text !== undefined) return unknown(text)
  const failed = firstDead(suspects)
  if (failed === undefined) return unknown(task.reason)
  return isOwnExit(failed) ? causeOfExit(failed) : { ...CODES['slow-start'], isFailure: true }
}

const exitCause = (task: StoppedTask): StopCause => {
  const failed = firstDead(suspectsOf(task.containers))
  const texts = [failed?.reason ?? '', task.reason].filter(text => !isGeneral(text))
  const told = fromTexts(texts)
  const isTold = told !== undefined && (told.kind === 'memory' || failed === undefined || !isOwnExit(failed))
  if (isTold) return named(told, failed)
  return failed?.exitCode === undefined ? unknown(texts[0] ?? task.reason) : causeOfExit(failed)
}

/** GuardDuty's agent, which AWS adds to tasks, never stops its task (GuardDuty user guide, Runtime Monitoring on ECS). */
const isAgent = ({ name }: Container): boolean => name.startsWith('aws-guardduty-agent')

/** The containers that can have caused the stop. Containers that are known to be non-essential are left out. */
const suspectsOf = (containers: readonly Container[]): readonly Container[] => {
  const possible = containers.filter(container => container.essential !== false && !isAgent(container))
  return possible.length > 0 ? possible : containers
}

const SIGKILL = 137
const SIGTERM = 143

/**
 * Whether a container exited with its own error, not because of a signal that ECS sends to stop the other containers.
 */
const isOwnExit = ({ exitCode = 0 }: Container): boolean => ![0, SIGKILL, SIGTERM].includes(exitCode)

/**
 * How likely it is that a container stopped first; the lowest number is the most likely. ECS stops the other containers
 * with SIGTERM, and 30 seconds later with SIGKILL (ECS API reference: StopTask).
 */
const rankOf = (container: Container): number => {
  const { exitCode, reason = '' } = container
  if (takeApart(reason).stage === 'memory') return 0
  if (isOwnExit(container)) return 1
  if (exitCode === undefined) return isGeneral(reason) ? 6 : 2
  if (exitCode === SIGKILL) return 3
  return exitCode === SIGTERM ? 5 : 4
}

const firstDead = (containers: readonly Container[]): Container | undefined =>
  containers.filter(one => rankOf(one) < 6).toSorted((a, b) => rankOf(a) - rankOf(b))[0]

const causeOfExit = ({ name, exitCode = 0 }: Container): StopCause => {
  const meaning = EXITS[exitCode]
  return {
    kind: 'exit',
    container: name,
    exitCode,
    text: `${plainName(name, 80)} exited with ${exitCode}${meaning === undefined ? '' : `: ${meaning.text}`}.`,
    nextStep: meaning?.nextStep ?? STEPS.logs,
    isFailure: true,
  }
}

/** The cause from the first of these texts to which a rule applies; undefined if no rule applies. */
const fromTexts = (texts: readonly string[]): StopCause | undefined => {
  for (const text of texts) {
    const reason = takeApart(text)
    const rule = RULES.find(one => applies(one, reason))
    if (rule !== undefined) return causeOfRule(rule, reason)
  }
  return undefined
}

const applies = ({ stages, words }: StopRule, reason: Reason): boolean =>
  (stages === undefined || stages.includes(reason.stage)) && words.every(pattern => pattern.test(reason.words))

const causeOfRule = ({ kind, text, nextStep }: StopRule, { image }: Reason): StopCause => ({
  kind,
  text: image === undefined ? text : `${text} ${plainName(image, 200)}`,
  nextStep,
  isFailure: true,
})

/** The cause with its container, if that is known. */
const named = (cause: StopCause, container: Container | undefined): StopCause => ({
  ...cause,
  ...(container !== undefined && { container: container.name }),
  ...(container?.exitCode !== undefined && { exitCode: container.exitCode }),
})

const unknown = (reason: string): StopCause => ({
  kind: 'unknown',
  text: sentence(reason),
  nextStep: STEPS.logs,
  isFailure: true,
})

/** A reason as a sentence. People write reasons of stops and may include secrets. */
const sentence = (reason: string): string =>
  `${plainName(redact(reason.slice(0, MOST_REASON)).text.replace(/[.\s]+$/, ''), MOST_TEXT - 30) || 'ECS gave no reason'}.`
