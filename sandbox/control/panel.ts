// The World panel: the log of AWS calls, and the knobs that change the world or inject faults.
import type { LoggedCall } from '../aws/wire/call-log.ts'
import type { AwsCall, Control, ControlSnapshot } from '../page/ui/wire.ts'
import type { Sandbox } from '../sandbox.ts'
import { HUB } from '../sandbox.ts'
import type { How } from '../world/failures.ts'
import type { Service } from '../world/state.ts'
import { execKnobs } from './exec-knobs.ts'
import { countFrom, type Turn } from './knob.ts'
import { scalingKnobs } from './scaling-knobs.ts'

const SPEEDS = ['1', '5', '10', '20', '60', '300']
const FAILURES: readonly { readonly value: How | ''; readonly label: string }[] = [
  { value: '', label: 'None' },
  { value: 'pull', label: 'Image pull fails' },
  { value: 'exit1', label: 'Container exits with 1' },
  { value: 'oom', label: 'Out of memory' },
  { value: 'health', label: 'Health check fails' },
  { value: 'capacity', label: 'No capacity' },
]

const MOST_CALLS = 300

export const createPanel = (sandbox: Sandbox): Control => {
  const turns = new Map<string, Turn>(
    Object.entries({
      ...timeKnobs(sandbox),
      ...fleetKnobs(sandbox),
      ...scalingKnobs(sandbox),
      ...execKnobs(sandbox),
      ...faultKnobs(sandbox),
    }),
  )
  const listeners = new Set<Parameters<Control['subscribe']>[0]>()
  const world = (): Omit<ControlSnapshot, 'calls'> => ({
    knobs: [...turns.values()].map(({ knob, value }) => knob(value)),
    time: sandbox.clock.now(),
    speed: sandbox.clock.speed,
  })
  sandbox.aws.callLog.subscribe(call => {
    for (const listener of listeners) listener({ kind: 'call', call: shown(call) })
  })
  return {
    snapshot: () => ({ calls: sandbox.aws.callLog.list().slice(-MOST_CALLS).map(shown), ...world() }),
    turn: (id, value) => {
      const found = turns.get(id)
      if (found === undefined) throw new Error(`Unknown control: ${id}`)
      if (value !== undefined) found.value = value
      found.turn(String(value ?? ''))
      for (const listener of listeners) listener({ kind: 'world', ...world() })
    },
    subscribe: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const shown = (call: LoggedCall): AwsCall => ({
  at: call.at,
  service: call.service,
  action: call.action,
  region: call.region,
  caller: call.arn.replace(/^.*:(assumed-role|user)\//, ''),
  status: statusOf(call),
  ...(call.errorCode !== undefined && { code: call.errorCode }),
  summary: summaryOf(call),
})

const statusOf = ({ status, errorCode = '' }: LoggedCall): AwsCall['status'] => {
  if (status > 0 && status < 400) return 'allowed'
  if (/AccessDenied|Unauthorized|UnrecognizedClient|InvalidClientToken/.test(errorCode)) return 'denied'
  return /Throttl|TooManyRequests/.test(errorCode) ? 'throttled' : 'failed'
}

const NAMES = [
  'ResourceId',
  'ResourceIds',
  'PolicyName',
  'ScheduledActionName',
  'AlarmName',
  'service',
  'services',
  'cluster',
  'taskDefinition',
  'RoleArn',
  'Name',
  'Names',
  'Key',
  'TableName',
  'DurableExecutionArn',
]

const NUMBERS: Readonly<Record<string, string>> = { desiredCount: 'desired', MinCapacity: 'min', MaxCapacity: 'max' }

const summaryOf = ({ input, errorMessage, fault }: LoggedCall): string => {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}
  const named = NAMES.flatMap(name => (fields[name] === undefined ? [] : [short(fields[name])])).slice(0, 2)
  const count = Object.entries(NUMBERS).flatMap(([name, label]) =>
    fields[name] === undefined ? [] : [`${label} ${String(fields[name])}`],
  )
  return [
    ...named,
    ...count,
    ...(fault === undefined ? [] : [`(${fault})`]),
    ...(errorMessage === undefined ? [] : [errorMessage]),
  ]
    .join(' · ')
    .slice(0, 300)
}

const short = (value: unknown): string => {
  const text =
    typeof value === 'string' ? value : Array.isArray(value) ? value.map(short).join(', ') : JSON.stringify(value)
  return text.startsWith('arn:') ? text.split('/').slice(1).join('/') : text
}

const timeKnobs = ({ clock }: Sandbox): Record<string, Turn> => ({
  speed: {
    knob: () => ({
      id: 'speed',
      group: 'Time',
      label: 'World seconds per second',
      kind: 'select',
      options: SPEEDS.map(value => ({ value, label: `× ${value}` })),
      value: String(clock.speed),
    }),
    turn: value => {
      if (Number(value) > 0) clock.speed = Number(value)
    },
  },
  leap: {
    knob: () => ({
      id: 'leap',
      group: 'Time',
      label: 'Advance 10 Minutes',
      kind: 'button',
      hint: 'Runs everything that becomes due, in order',
    }),
    turn: () => clock.advance(600_000),
  },
})

const fleetKnobs = ({ fleet }: Sandbox): Record<string, Turn> => {
  const services = () => [...fleet.site(HUB).clusters.values()].flatMap(cluster => [...cluster.services.values()])
  const orders = (): Service | undefined => services().find(({ name }) => name === 'orders-api')
  return {
    fail: {
      knob: value => ({
        id: 'fail',
        group: 'orders-api',
        label: 'Failure of new tasks',
        kind: 'select',
        options: FAILURES,
        value: value ?? '',
      }),
      turn: how => {
        const service = orders()
        if (service === undefined) return
        const chosen = FAILURES.find(({ value }) => value === how)?.value
        if (chosen === undefined || chosen === '') fleet.knobs.healService(service.arn)
        else fleet.knobs.failService(service.arn, chosen)
      },
    },
    colleague: {
      knob: value => ({
        id: 'colleague',
        group: 'orders-api',
        label: 'Set desired count outside Quarterdeck',
        kind: 'number',
        value: value ?? 5,
      }),
      turn: value => {
        const service = orders()
        const count = countFrom(value)
        if (service === undefined || count === undefined) return
        service.desired = count
        fleet.touch(service)
      },
    },
    quota: {
      knob: () => ({
        id: 'quota',
        group: 'Fleet',
        label: 'Fargate vCPU quota (on-demand)',
        kind: 'number',
        hint: 'For this account and region; ECS starts no tasks beyond it',
        value: fleet.quotas.vcpus(HUB, 'on-demand'),
      }),
      turn: value => {
        const vcpus = Number(value)
        if (value !== '' && Number.isFinite(vcpus) && vcpus >= 0) fleet.quotas.setVcpus(HUB, 'on-demand', vcpus)
      },
    },
    spot: {
      knob: () => ({
        id: 'spot',
        group: 'Fleet',
        label: 'Interrupt Spot Tasks',
        kind: 'button',
        danger: true,
        hint: 'AWS reclaims the capacity; ECS starts replacement tasks',
      }),
      turn: () => {
        for (const task of fleet.spotTasks()) fleet.interruptSpot(task)
      },
    },
  }
}

const faultKnobs = ({ aws, slack, functions }: Sandbox): Record<string, Turn> => ({
  throttle: {
    knob: () => ({ id: 'throttle', group: 'Faults', label: 'Throttle 5 UpdateService Calls', kind: 'button' }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'ecs', action: 'UpdateService' },
        when: 'before',
        effect: { kind: 'throttle' },
        times: 5,
      }),
  },
  lose: {
    knob: () => ({
      id: 'lose',
      group: 'Faults',
      label: 'Lose Next UpdateService Response',
      kind: 'button',
      hint: 'AWS applies the call, but the response is lost',
    }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'ecs', action: 'UpdateService' },
        when: 'after',
        effect: { kind: 'drop' },
      }),
  },
  kill: {
    knob: () => ({
      id: 'kill',
      group: 'Faults',
      label: 'Kill at Next Checkpoint',
      kind: 'button',
      danger: true,
    }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'lambda', action: 'CheckpointDurableExecution' },
        when: 'before',
        effect: { kind: 'kill' },
      }),
  },
  limit: {
    knob: () => ({ id: 'limit', group: 'Faults', label: 'Rate-Limit 3 Slack Updates', kind: 'button' }),
    turn: () =>
      void slack.faults.add({ method: 'chat.update', effect: { kind: 'ratelimited', retryAfter: 1 }, times: 3 }),
  },
  twice: {
    knob: value => ({
      id: 'twice',
      group: 'Faults',
      label: 'Asynchronous events are delivered',
      kind: 'select',
      options: [
        { value: 'once', label: 'Once' },
        { value: 'twice', label: 'Twice' },
      ],
      value: value ?? 'once',
    }),
    turn: value => {
      functions.deliversTwice = new Set(value === 'twice' ? ['quarterdeck-query', 'quarterdeck-decision'] : [])
    },
  },
})
