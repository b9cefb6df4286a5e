// The lifecycle hooks of deployments. A PAUSE hook waits for ContinueServiceDeployment, and a Lambda hook for the answer
// of its function. Sources: ECS developer guide, pause lifecycle hooks; ECS API reference, DeploymentLifecycleHook.

import type { DeploymentLifecycleHook, DeploymentLifecycleHookAction } from '@aws-sdk/client-ecs'
import type { Engine } from './context.ts'
import { cancelDeployment } from './deployments.ts'
import type { DeploymentRecord, HookRun, Step } from './state.ts'

const DEFAULT_MINUTES = 1_440

/** ANSWER: how long a Lambda function runs. ASK_AGAIN: the wait after IN_PROGRESS. Both in milliseconds. */
const ANSWER = 2_000
const ASK_AGAIN = 30_000

const isOpen = ({ status }: HookRun) => status === 'AWAITING_ACTION' || status === 'IN_PROGRESS'

export const hasOpenHook = ({ hooks }: DeploymentRecord): boolean => hooks.some(isOpen)

const idOf = ({ random }: Engine, isPause: boolean) => `ecs-${isPause ? 'pause' : 'lambda'}-${random.letters(43)}`

const settle = ({ emitter, clock }: Engine, record: DeploymentRecord, run: HookRun, status: HookRun['status']) => {
  run.timer?.cancel()
  run.status = status
  record.updatedAt = clock.now()
  emitter.hook(record, run)
}

/** Fails a hook. ECS then rolls the deployment back, even if other hooks of the stage succeed. */
const fail = (
  engine: Engine,
  record: DeploymentRecord,
  run: HookRun,
  status: 'FAILED' | 'TIMED_OUT',
  reason: string,
) => {
  settle(engine, record, run, status)
  cancelDeployment(engine, record, `Service deployment rolled back because ${reason}.`)
}

const expire = (engine: Engine, record: DeploymentRecord, run: HookRun) => {
  if (run.timeoutAction === 'CONTINUE') settle(engine, record, run, 'TIMED_OUT')
  else fail(engine, record, run, 'TIMED_OUT', 'a lifecycle hook timed out')
  engine.wake(record.service)
}

/** Invokes the function of a Lambda hook to get its status. */
const ask = (engine: Engine, record: DeploymentRecord, run: HookRun) => {
  const { clock, knobs } = engine
  if (clock.now() >= run.expiresAt) return expire(engine, record, run)
  const answer = knobs.answerOf(run.hook.hookTargetArn ?? '')
  if (answer === 'IN_PROGRESS')
    run.timer = clock.at(Math.min(run.expiresAt, clock.now() + ASK_AGAIN), () => ask(engine, record, run))
  else if (answer === 'FAILED') fail(engine, record, run, 'FAILED', 'a lifecycle hook failed')
  else settle(engine, record, run, 'SUCCEEDED')
  engine.wake(record.service)
}

const open = (engine: Engine, record: DeploymentRecord, stage: Step['stage'], hook: DeploymentLifecycleHook) => {
  const { clock, emitter } = engine
  const isPause = hook.targetType === 'PAUSE'
  const { timeoutInMinutes = DEFAULT_MINUTES, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {}
  const run: HookRun = {
    id: idOf(engine, isPause),
    stage,
    hook,
    status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    expiresAt: clock.now() + timeoutInMinutes * 60_000,
    timeoutAction: action,
  }
  run.timer = isPause
    ? clock.at(run.expiresAt, () => expire(engine, record, run))
    : clock.after(ANSWER, () => ask(engine, record, run))
  record.hooks.push(run)
  emitter.hook(record, run)
}

/** Starts the hooks of a stage, all at once. */
export const openHooks = (engine: Engine, record: DeploymentRecord, stage: Step['stage']): void => {
  for (const hook of record.configuration.lifecycleHooks ?? [])
    if (hook.lifecycleStages?.some(known => known === stage)) open(engine, record, stage, hook)
}

/** Completes a PAUSE hook that awaits an action, for ContinueServiceDeployment. */
export const answerHook = (
  engine: Engine,
  record: DeploymentRecord,
  run: HookRun,
  action: DeploymentLifecycleHookAction,
): void => {
  if (action === 'CONTINUE') settle(engine, record, run, 'SUCCEEDED')
  else fail(engine, record, run, 'FAILED', 'of a ContinueServiceDeployment request')
  engine.wake(record.service)
}
