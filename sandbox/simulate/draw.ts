// Draws a schedule: who asks for what, who votes, and everything that goes wrong meanwhile.
import type { NewFault } from '../aws/faults.ts'
import type { Fault as SlackFault } from '../slack/faults.ts'
import type { Chance } from './chance.ts'
import type { RulesName } from './rules.ts'
import type { Choice, Step, Timed, Vote } from './step.ts'

const OPERATION = 'quarterdeck-operation'
const DECISION = 'quarterdeck-decision'
const INGRESS = 'quarterdeck-slack'

const PLACES = [
  [5, 'prod.us-east-1/web/orders-api'],
  [2, 'prod.us-east-1/web/checkout'],
  [1, 'prod.us-east-1/jobs/orders-worker'],
  [2, 'staging.us-east-1/web/catalog-api'],
  [1, 'orders-api'],
] as const

const COUNTS = ['0', '1', '2', '3', '5', '6', '8', '9', '12', '70', '+2', '-1', 'x2', '50%'] as const

const ASKERS = [
  [7, 'U0REQUEST'],
  [2, 'U0APPROVE'],
  [1, 'U0SECOND'],
  [0.5, 'U0OUTSIDE'],
] as const

const VOTERS = [
  [5, 'U0APPROVE'],
  [3, 'U0SECOND'],
  [2, 'U0REQUEST'],
  [1, 'U0OUTSIDE'],
] as const

const CHOICES = [
  [7, 'approve'],
  [1.5, 'reject'],
  [1, 'cancel'],
] as const

/** `outages`: peers may also be gone for longer than a step's patience, or refuse what they never should. */
export type Severity = { readonly outages: boolean }

export const drawSchedule = (plain: Chance, { outages }: Severity = { outages: false }): readonly Timed[] => {
  const chance: Chancy = { ...plain, outages }
  const operations = 1 + chance.below(4)
  const asks = Array.from({ length: operations }, () => ask(chance))
  const steps: Step[] = []
  while (chance.happens(0.4)) steps.push(trouble(chance))
  for (const [op, one] of asks.entries()) {
    steps.push(one)
    while (chance.happens(0.5)) steps.push(anything(chance))
    // Most get as far as AWS: what is never approved shows little.
    for (const user of ['U0APPROVE', 'U0SECOND', 'U0REQUEST'])
      if (chance.happens(0.55)) steps.push({ kind: 'vote', op, user, choice: 'approve' })
    if (chance.happens(0.3)) steps.push({ kind: 'vote', ...voteOf(op, chance) })
  }
  while (chance.happens(0.75)) steps.push(anything(chance))
  return steps.map(step => ({ after: 1 + chance.below(997), step }))
}

type Chancy = Chance & Severity

const ask = (chance: Chance): Step => {
  const place = chance.weighted(PLACES)
  const verb = chance.happens(0.7) ? `scale ${place} ${chance.pick(COUNTS)}` : `restart ${place}`
  const glass = chance.happens(0.15) ? ' --break-glass' : ''
  const reason = glass !== '' || chance.happens(0.6) ? ' --reason "the queue grows"' : ''
  const dry = chance.happens(0.08) ? ' --dry-run' : ''
  return {
    kind: 'ask',
    user: chance.weighted(ASKERS),
    channel: chance.weighted([
      [8, 'C0OPS'],
      [2, 'C0APPROVALS'],
      [1, 'C0RANDOM'],
    ]),
    line: `${verb}${glass}${reason}${dry}`,
    ...(chance.happens(0.2) && { twice: true }),
  }
}

const voteOf = (op: number, chance: Chance): Vote => ({
  op,
  user: chance.weighted(VOTERS),
  choice: chance.weighted<Choice>(CHOICES),
  ...(chance.happens(0.2) && { twice: true }),
})

const anything = (chance: Chancy): Step =>
  chance.weighted<(chance: Chancy) => Step>([
    [6, one => ({ kind: 'vote', ...voteOf(one.below(4), one) })],
    [2, burst],
    [9, trouble],
    [5, time],
    [4, foreign],
    [3, setting],
    [3, rules],
  ])(chance)

const burst = (chance: Chance): Step => {
  const op = chance.below(4)
  return {
    kind: 'burst',
    votes: Array.from({ length: 2 + chance.below(4) }, () =>
      voteOf(chance.happens(0.8) ? op : chance.below(4), chance),
    ),
  }
}

const trouble = (chance: Chancy): Step =>
  chance.weighted<(chance: Chancy) => Step>([
    [6, one => ({ kind: 'aws fault', fault: awsFault(one) })],
    [4, one => ({ kind: 'slack fault', fault: slackFault(one) })],
    [2, killAtSlack],
    [1, one => ({ kind: 'kill all', name: one.pick([OPERATION, DECISION, INGRESS]) })],
    [1, one => ({ kind: 'twice', isOn: one.happens(0.7) })],
    [0.5, one => ({ kind: 'delete card', op: one.below(4) })],
  ])(chance)

/** How often an operation makes each call, roughly: a fault is aimed at one of them. */
const OPERATION_CALLS = [
  [8, 'CheckpointDurableExecution', 30],
  [4, 'GetItem', 15],
  [5, 'PutItem', 10],
  [2, 'Query', 5],
  [2, 'UpdateItem', 3],
  [2, 'DeleteItem', 1],
  [5, 'UpdateService', 1],
  [2, 'AssumeRole', 5],
  [2, 'GetParameters', 12],
  [3, 'DescribeServices', 6],
  [1, 'ListTasks', 3],
] as const

const DECISION_CALLS = [
  [3, 'GetItem', 6],
  [4, 'PutItem', 3],
  [1, 'Query', 1],
  [1, 'UpdateItem', 1],
  [5, 'SendDurableExecutionCallbackSuccess', 1],
  [1, 'GetParameters', 4],
] as const

const INGRESS_CALLS = [
  [3, 'Invoke', 2],
  [1, 'GetParameters', 1],
] as const

const BROKEN = { kind: 'error', code: 'InternalServerError', message: 'no', status: 500 } as const
const DENIED = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 400 } as const
/** Longer than anybody's patience. */
const OUTAGE = 60

/** A function that may no longer checkpoint is beyond its own help. */
const mayDeny = (action: string, { outages }: Severity): boolean =>
  outages
    ? action !== 'CheckpointDurableExecution'
    : ['UpdateService', 'AssumeRole', 'DescribeServices'].includes(action)

const awsFault = (chance: Chancy): NewFault => {
  const [name, calls] = chance.weighted<readonly [string, readonly (readonly [number, string, number])[]]>([
    [6, [OPERATION, OPERATION_CALLS]],
    [3, [DECISION, DECISION_CALLS]],
    [1, [INGRESS, INGRESS_CALLS]],
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
  method: chance.pick(['chat.postMessage', 'chat.update', 'users.info', 'usergroups.users.list']),
  when: chance.pick(['before', 'after']),
  nth: 1 + chance.below(3),
})

const MINUTE = 60_000

const time = (chance: Chance): Step =>
  chance.weighted<() => Step>([
    [4, () => ({ kind: 'pass', ms: (1 + chance.below(90)) * 1_000 })],
    [3, () => ({ kind: 'pass', ms: (1 + chance.below(120)) * MINUTE })],
    [2, () => ({ kind: 'jump', ms: (1 + chance.below(240)) * MINUTE })],
    [2, () => ({ kind: 'to expiry', op: chance.below(4), ms: chance.pick([-1, 0, 0, 1]) })],
  ])()

const SERVICES = ['web/orders-api', 'web/orders-api', 'web/checkout', 'jobs/orders-worker'] as const

const foreign = (chance: Chance): Step => {
  const service = chance.pick(SERVICES)
  return chance.weighted<() => Step>([
    [4, () => ({ kind: 'colleague', service, count: chance.below(9) })],
    [2, () => ({ kind: 'service', service, does: 'deploys' })],
    [1, () => ({ kind: 'service', service, does: 'is made anew' })],
    [1, () => ({ kind: 'service', service, does: 'fails' })],
    [1, () => ({ kind: 'service', service, does: 'is healed' })],
  ])()
}

const setting = (chance: Chance): Step => ({
  kind: 'ask',
  user: chance.weighted(ASKERS),
  channel: 'C0OPS',
  line: chance.weighted([
    [3, 'lock orders-api --reason migration'],
    [1, 'lock prod.us-east-1/web --reason migration --for 1h'],
    [1, 'lock prod --reason migration --for 30m'],
    [3, 'unlock orders-api'],
    [1, 'unlock prod.us-east-1/web'],
    [3, 'halt --reason incident'],
    [4, 'resume'],
  ]),
  ...(chance.happens(0.2) && { twice: true }),
})

const NAMES: readonly (readonly [number, RulesName])[] = [
  [4, 'usual'],
  [3, 'two'],
  [3, 'free'],
  [2, 'ops only'],
  [1, 'stranger'],
  [1, 'frozen'],
  [2, 'ceiling'],
]

const rules = (chance: Chance): Step =>
  chance.weighted<() => Step>([
    [4, () => ({ kind: 'publish', rules: chance.weighted(NAMES) })],
    [
      3,
      () => ({
        kind: 'group',
        group: chance.pick(['S0OPS', 'S0ONCALL']),
        users: chance.pick([
          ['U0APPROVE', 'U0SECOND'],
          ['U0REQUEST'],
          ['U0SECOND'],
          ['U0REQUEST', 'U0APPROVE', 'U0SECOND'],
        ]),
      }),
    ],
    [1, () => ({ kind: 'active', user: chance.pick(['U0APPROVE', 'U0REQUEST']), isActive: chance.happens(0.5) })],
  ])()
