// Draws a schedule: requests, votes, changes by other people, and trouble.
import type { Chance } from './chance.ts'
import { CROWDED, drawLine } from './draw-line.ts'
import { type Chancy, type Severity, trouble } from './draw-trouble.ts'
import type { RulesName } from './rules.ts'
import type { Choice, Step, TimedStep, Vote } from './step.ts'

const SERVICES = ['web/orders-api', 'web/orders-api', 'web/checkout', 'jobs/orders-worker'] as const

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
  [1.5, 'revert'],
] as const

export const drawSchedule = (plain: Chance, { outages }: Severity = { outages: false }): readonly TimedStep[] => {
  const chance: Chancy = { ...plain, outages }
  const operations = 1 + chance.below(4)
  // Leases overlap when several are requested on one service.
  const crowd = chance.happens(0.2) ? chance.pick(CROWDED) : undefined
  const asks = Array.from({ length: operations }, () => ask(chance, crowd?.(chance)))
  const steps: Step[] = []
  while (chance.happens(0.4)) steps.push(trouble(chance))
  for (const [op, one] of asks.entries()) steps.push(...around(op, one, chance))
  while (chance.happens(0.75)) steps.push(anything(chance))
  return steps.map(step => ({ after: 1 + chance.below(997), step }))
}

/** A request and what immediately follows it. */
const around = (op: number, one: Step, chance: Chancy): readonly Step[] => {
  const steps: Step[] = []
  if (chance.happens(0.2)) steps.push(deployment(chance))
  steps.push(one)
  if (chance.happens(0.2)) steps.push(offer(op, chance))
  if (chance.happens(0.15)) steps.push(press(op, chance))
  while (chance.happens(0.5)) steps.push(anything(chance))
  // Most requests get approvals, because a request without them tests little.
  for (const user of ['U0APPROVE', 'U0SECOND', 'U0REQUEST'])
    if (chance.happens(0.55)) steps.push({ kind: 'vote', op, user, choice: 'approve' })
  if (chance.happens(0.3)) steps.push({ kind: 'vote', ...voteOf(op, chance) })
  if (isGrant(one)) steps.push({ kind: 'enter', op })
  return steps
}

const ask = (chance: Chance, asked?: string): Step => {
  // The text after the dashes is the container's command.
  const [verb, command] = (asked ?? drawLine(chance)).split(' -- ')
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
    line: `${verb}${glass}${reason}${dry}${command === undefined ? '' : ` -- ${command}`}`,
    ...(chance.happens(0.2) && { twice: true }),
  }
}

const press = (op: number, chance: Chance): Step => ({
  kind: 'press',
  op,
  action: chance.pick(['run:extend', 'run:keep', 'run:0', 'run:1']),
  user: chance.weighted(ASKERS),
  ...(chance.happens(0.2) && { twice: true }),
})

const isGrant = (step: Step): boolean => step.kind === 'ask' && step.line.includes('--interactive')

const voteOf = (op: number, chance: Chance): Vote => ({
  op,
  user: chance.weighted(VOTERS),
  choice: chance.weighted<Choice>(CHOICES),
  ...(chance.happens(0.2) && { twice: true }),
})

const offer = (op: number, chance: Chance): Step => ({
  kind: 'offer',
  op,
  nth: chance.below(3),
  ...(chance.happens(0.2) && { user: chance.weighted(ASKERS) }),
  ...(chance.happens(0.2) && { twice: true }),
})

/** A deployment that takes long, because its tasks fail. */
const deployment = (chance: Chance): Step => ({
  kind: 'service',
  service: chance.pick(SERVICES),
  does: chance.pick(['deploys another', 'deploys another', 'fails']),
})

const anything = (chance: Chancy): Step =>
  chance.weighted<(chance: Chancy) => Step>([
    [6, one => ({ kind: 'vote', ...voteOf(one.below(4), one) })],
    [2, burst],
    [2, one => offer(one.below(4), one)],
    [3, one => press(one.below(6), one)],
    [1, one => ({ kind: 'enter', op: one.below(4) })],
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

const MINUTE = 60_000

const time = (chance: Chance): Step =>
  chance.weighted<() => Step>([
    [4, () => ({ kind: 'pass', ms: (1 + chance.below(90)) * 1_000 })],
    [3, () => ({ kind: 'pass', ms: (1 + chance.below(120)) * MINUTE })],
    [2, () => ({ kind: 'jump', ms: (1 + chance.below(240)) * MINUTE })],
    [2, () => ({ kind: 'to expiry', op: chance.below(4), ms: chance.pick([-1, 0, 0, 1]) })],
  ])()

const foreign = (chance: Chance): Step => {
  const service = chance.pick(SERVICES)
  return chance.weighted<() => Step>([
    [4, () => ({ kind: 'colleague', service, count: chance.below(9) })],
    [
      1,
      () => ({
        kind: 'bounds',
        service: 'web/checkout',
        min: chance.pick([2, 4, 6]),
        max: chance.pick([10, 12, 20]),
        ...(chance.happens(0.3) && { isAnew: true }),
      }),
    ],
    [0.5, () => ({ kind: 'suspended', service: 'web/checkout', isSuspended: chance.happens(0.5) })],
    [1, () => ({ kind: 'service', service, does: 'deploys' })],
    [2, () => ({ kind: 'service', service, does: 'deploys another' })],
    [1, () => ({ kind: 'service', service, does: 'is recreated' })],
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
