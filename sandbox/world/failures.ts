// Failures that tests and the World panel cause, with AWS's texts. Sources:
// AmazonECS/latest/developerguide/stopped-task-error-codes and service-event-messages-list.

import type { TaskStopCode } from '@aws-sdk/client-ecs'
import type { Service, Task, TaskDefinition } from './state.ts'

export type How = 'pull' | 'exit1' | 'health' | 'oom' | 'capacity'

export type Ending = {
  readonly stopCode: TaskStopCode
  readonly stoppedReason: string
  readonly exitCode?: number
  readonly containerReason?: string
}

const essential = 'Essential container in task exited'

/** How a task with this kind of failure ends. With 'capacity', no tasks are created at all. */
export const endingOf = (how: Exclude<How, 'capacity'>, task: Task): Ending => {
  const image = task.definition.input.containerDefinitions?.[0]?.image ?? 'unknown'
  if (how === 'pull') {
    const reason = `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${image}: ${image}: not found`
    return { stopCode: 'TaskFailedToStart', stoppedReason: reason, containerReason: reason }
  }
  if (how === 'health')
    return { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks', exitCode: 0 }
  if (how === 'oom')
    return {
      stopCode: 'EssentialContainerExited',
      stoppedReason: essential,
      exitCode: 137,
      containerReason: 'OutOfMemoryError: Container killed due to memory usage',
    }
  return { stopCode: 'EssentialContainerExited', stoppedReason: essential, exitCode: 1 }
}

/** How a task that has its own command ends: `sleep 90; exit 3` runs for 90 seconds and exits with code 3. */
export const endingOfCommand = (words: readonly string[]): { readonly seconds: number; readonly ending: Ending } => {
  const line = words.join(' ')
  const exitCode = Number(/\bexit (\d+)/.exec(line)?.[1] ?? 0)
  return {
    seconds: Number(/\bsleep (\d+)/.exec(line)?.[1] ?? 20),
    ending: { stopCode: 'EssentialContainerExited', stoppedReason: essential, exitCode },
  }
}

export const noCapacity =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone'

/** AWS's text if the account's Fargate quota is used up. */
export const noQuota = "You've reached the limit on the number of vCPUs you can run concurrently"

export type Knobs = ReturnType<typeof createKnobs>

/** The status that the function of a Lambda lifecycle hook returns. */
export type HookAnswer = 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'

export const createKnobs = () => {
  const detached = new Set<string>()
  const answers = new Map<string, HookAnswer>()
  const images = new Map<string, How>()
  const services = new Map<string, How>()
  const providers = new Set<string>()
  return {
    /** Makes new tasks with this image fail. */
    failImage: (image: string, how: How): void => void images.set(image, how),
    /** Removes a listener rule (by ARN) from the target groups of its services. */
    detachRule: (ruleArn: string): void => void detached.add(ruleArn),
    isDetached: (ruleArn: string | undefined): boolean => ruleArn !== undefined && detached.has(ruleArn),
    healImage: (image: string): void => void images.delete(image),
    /** Makes new tasks of this service (by ARN) fail. */
    failService: (arn: string, how: How): void => void services.set(arn, how),
    healService: (arn: string): void => void services.delete(arn),
    /** Uses up the capacity of a provider: 'FARGATE_SPOT' or 'FARGATE'. */
    exhaust: (provider: string): void => void providers.add(provider),
    replenish: (provider: string): void => void providers.delete(provider),
    /** Sets the status that a function (by ARN) returns to lifecycle hooks. By default it is SUCCEEDED. */
    answerHooks: (functionArn: string, answer: HookAnswer): void => void answers.set(functionArn, answer),
    answerOf: (functionArn: string): HookAnswer => answers.get(functionArn) ?? 'SUCCEEDED',
    list: () => ({
      images: Object.fromEntries(images),
      services: Object.fromEntries(services),
      exhausted: [...providers],
    }),
    failureOf: (service: Service | undefined, { input }: TaskDefinition): How | undefined =>
      (service && services.get(service.arn)) ??
      input.containerDefinitions
        ?.map(({ image = '' }) => images.get(image) ?? images.get(image.replace(/@.*/, '')))
        .find(how => how !== undefined),
    isExhausted: (provider: string): boolean => providers.has(provider),
  }
}
