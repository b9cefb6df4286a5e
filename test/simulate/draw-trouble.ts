// Draws trouble: faults of AWS and Slack, killed functions, duplicate deliveries, archived channels.
import type { NewFault } from '../../sandbox/aws/wire/faults.ts'
import type { Fault as SlackFault } from '../../sandbox/slack/faults.ts'
import type { Chance } from './chance.ts'
import type { Step } from './step.ts'

const OPERATION = 'quarterdeck-operation'
const DECISION = 'quarterdeck-decision'
const INGRESS = 'quarterdeck-slack'
const SCHEDULE = 'quarterdeck-schedule'

/** `outages`: AWS and Slack may also be unavailable longer than a step retries, or refuse calls that they never refuse. */
export type Severity = { readonly outages: boolean }

export type Chancy = Chance & Severity

export const trouble = (chance: Chancy): Step =>
  chance.weighted<(chance: Chancy) => Step>([
    [6, one => ({ kind: 'aws fault', fault: awsFault(one) })],
    [4, one => ({ kind: 'slack fault', fault: slackFault(one) })],
    [2, killAtSlack],
    [1, one => ({ kind: 'kill all', name: one.pick([OPERATION, DECISION, INGRESS, SCHEDULE]) })],
    [1, one => ({ kind: 'twice', isOn: one.happens(0.7) })],
    [0.5, one => ({ kind: 'delete card', op: one.below(4) })],
    [0.5, archive],
  ])(chance)

/** Never the channels that cards fall back to: nothing could be reported anywhere. */
const archive = (chance: Chance): Step => ({
  kind: 'archive',
  channel: chance.weighted([
    [3, 'C0OPS'],
    [1, 'C0RANDOM'],
  ]),
  isArchived: chance.happens(0.7),
})

/** Roughly how often an operation makes each call: a fault targets one of them. */
const OPERATION_CALLS = [
  [8, 'CheckpointDurableExecution', 30],
  [4, 'GetItem', 15],
  [5, 'PutItem', 10],
  [2, 'Query', 5],
  [2, 'UpdateItem', 3],
  [2, 'DeleteItem', 1],
  [5, 'UpdateService', 2],
  [5, 'RegisterScalableTarget', 2],
  [3, 'StopServiceDeployment', 1],
  [5, 'ExecuteCommand', 1],
  [2, 'TerminateSession', 1],
  [2, 'TagResource', 1],
  [3, 'UntagResource', 1],
  [2, 'AssumeRole', 5],
  [2, 'GetParameters', 12],
  [3, 'DescribeServices', 6],
  [1, 'ListTasks', 3],
  [2, 'CreateSchedule', 2],
] as const

const DECISION_CALLS = [
  [3, 'GetItem', 6],
  [4, 'PutItem', 3],
  [1, 'Query', 1],
  [1, 'UpdateItem', 1],
  [5, 'SendDurableExecutionCallbackSuccess', 1],
  [1, 'GetParameters', 4],
  [2, 'CreateSchedule', 1],
] as const

/** Calls of reminders, sweeps and checks of dead operations. */
const SCHEDULE_CALLS = [
  [3, 'GetItem', 8],
  [3, 'PutItem', 2],
  [3, 'CreateSchedule', 2],
  [2, 'GetDurableExecution', 2],
  [3, 'SendDurableExecutionCallbackSuccess', 1],
  [1, 'GetParameters', 1],
] as const

const INGRESS_CALLS = [
  [3, 'Invoke', 2],
  [1, 'GetParameters', 1],
] as const

const BROKEN = { kind: 'error', code: 'InternalServerError', message: 'no', status: 500 } as const
const DENIED = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400 } as const
/** Longer than every retry. */
const OUTAGE = 60

/** A function that may not checkpoint cannot recover by itself. */
const mayDeny = (action: string, { outages }: Severity): boolean =>
  outages
    ? action !== 'CheckpointDurableExecution'
    : [
        'UpdateService',
        'RegisterScalableTarget',
        'StopServiceDeployment',
        'ExecuteCommand',
        'AssumeRole',
        'DescribeServices',
      ].includes(action)

const awsFault = (chance: Chancy): NewFault => {
  const [name, calls] = chance.weighted<readonly [string, readonly (readonly [number, string, number])[]]>([
    [6, [OPERATION, OPERATION_CALLS]],
    [3, [DECISION, DECISION_CALLS]],
    [1, [INGRESS, INGRESS_CALLS]],
    [2, [SCHEDULE, SCHEDULE_CALLS]],
  ])
  const [action, most] = chance.weighted(
    calls.map(([weight, called, times]) => [weight, [called, times] as const] as const),
  )
  const match = { function: name, action, nth: 1 + chance.below(most) }
  return chance.weighted<() => NewFault>([
    [3, () => ({ match, when: 'before', effect: { kind: 'kill' } })],
    [3, () => ({ match, when: 'after', effect: { kind: 'kill' } })],
    [3, () => ({ match, when: 'after', effect: { kind: 'drop' } })],
    [1, () => ({ match, when: 'before', effect: { kind: 'drop' }, times: 1 + chance.below(4) })],
    [1, () => ({ match, when: 'before', effect: { kind: 'throttle' }, times: 1 + chance.below(6) })],
    [1, () => ({ match, when: 'before', effect: BROKEN, times: 1 + chance.below(6) })],
    [chance.outages ? 1 : 0, () => ({ match, when: 'before', effect: BROKEN, times: OUTAGE })],
    [
      mayDeny(action, chance) ? 1 : 0,
      () => ({ match, when: 'before', effect: DENIED, times: chance.outages ? OUTAGE : 1 }),
    ],
  ])()
}

const METHODS = [
  [4, 'chat.postMessage'],
  [5, 'chat.update'],
  [2, 'users.info'],
  [2, 'usergroups.users.list'],
  [2, 'conversations.history'],
  [1, 'response_url'],
  [1, 'views.open'],
] as const

const slackFault = (chance: Chancy): SlackFault => ({
  method: chance.weighted(METHODS),
  effect: chance.weighted<() => SlackFault['effect']>([
    [2, () => ({ kind: 'ratelimited', retryAfter: 1 + chance.below(30) })],
    [2, () => ({ kind: 'status', status: chance.pick([500, 503]) })],
    [3, () => ({ kind: 'lose' })],
    [2, () => ({ kind: 'drop' })],
    [1, () => ({ kind: 'error', error: chance.pick(['channel_not_found', 'fatal_error', 'is_archived']) })],
  ])(),
  times: chance.weighted([
    [9, 1 + chance.below(3)],
    [chance.outages ? 2 : 0, 20],
  ]),
})

const killAtSlack = (chance: Chance): Step => ({
  kind: 'kill at slack',
  name: chance.weighted([
    [4, OPERATION],
    [1, SCHEDULE],
  ]),
  method: chance.pick(['chat.postMessage', 'chat.update', 'users.info', 'usergroups.users.list']),
  when: chance.pick(['before', 'after']),
  nth: 1 + chance.below(3),
})
