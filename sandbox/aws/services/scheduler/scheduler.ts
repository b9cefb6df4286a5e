// Amazon EventBridge Scheduler: schedules in groups. A schedule invokes a Lambda function with the role that the schedule
// names.

import { randomUUID } from 'node:crypto'
import type {
  CreateScheduleInput,
  DeleteScheduleInput,
  GetScheduleInput,
  ListSchedulesInput,
  UpdateScheduleInput,
} from '@aws-sdk/client-scheduler'
import * as client from '@aws-sdk/client-scheduler'
import type { Clock, Timer } from '../../../world/clock.ts'
import { evaluate } from '../../iam/evaluate.ts'
import { judgeServiceTrust } from '../../iam/trust.ts'
import type { CallLog } from '../../wire/call-log.ts'
import rules from '../../wire/constraints/scheduler.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { restJson } from '../../wire/rest-json.ts'
import { AwsError, type AwsService, type Call } from '../../wire/service.ts'
import { documentsOf, type Roles } from '../iam/roles.ts'
import { checkSchedule, invalid, minuteOf, parseExpression } from './schedule-rules.ts'

const SERVICE = 'scheduler.amazonaws.com'

const protocol = restJson({
  client,
  rules,
  refuse: modelError('ValidationException', Message => ({ Message })),
  routes: [
    { action: 'CreateSchedule', method: 'POST', path: '/schedules/{Name}' },
    { action: 'GetSchedule', method: 'GET', path: '/schedules/{Name}' },
    { action: 'UpdateSchedule', method: 'PUT', path: '/schedules/{Name}' },
    { action: 'DeleteSchedule', method: 'DELETE', path: '/schedules/{Name}' },
    { action: 'ListSchedules', method: 'GET', path: '/schedules' },
  ],
})

type Place = { readonly account: string; readonly region: string }

export type Schedule = Place & {
  readonly arn: string
  readonly name: string
  readonly group: string
  readonly input: CreateScheduleInput
  /** The creation time in epoch milliseconds. */
  readonly createdAt: number
  readonly modifiedAt: number
}

type ArmedSchedule = Schedule & { timer?: Timer }

export type SchedulerOptions = {
  readonly clock: Clock
  readonly roles: Roles
  readonly callLog: CallLog
  /** Invokes a Lambda function asynchronously. Returns false if no function has this ARN. */
  readonly invoke: (functionArn: string, event: unknown) => boolean
}

const failed = (code: string, status: number, message: string) =>
  new AwsError(code, message, { status, fields: { Message: message } })

const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

const arnOf = ({ account, region }: Place, kind: 'schedule' | 'schedule-group', name: string) =>
  `arn:aws:scheduler:${region}:${account}:${kind}/${name}`

const namesOf = ({
  Name = '',
  GroupName = 'default',
}: {
  Name?: string | undefined
  GroupName?: string | undefined
}) => {
  return { name: Name, group: GroupName }
}

/** The event that Scheduler sends to a target without an input. */
const plainEvent = ({ account, region, arn }: Schedule, at: number) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  account,
  time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources: [arn],
  detail: '{}',
})

export const createScheduler = (options: SchedulerOptions) => {
  const { clock } = options
  const schedules = new Map<string, ArmedSchedule>()
  const groups = new Set<string>()

  const isGroup = (place: Place, group: string): boolean =>
    group === 'default' || groups.has(arnOf(place, 'schedule-group', group))

  const remove = (schedule: ArmedSchedule): void => {
    schedule.timer?.cancel()
    schedules.delete(schedule.arn)
  }

  const fire = (schedule: ArmedSchedule): void => {
    deliver(schedule, options)
    const { ScheduleExpression = '', ActionAfterCompletion } = schedule.input
    if (ScheduleExpression.startsWith('at(')) {
      if (ActionAfterCompletion === 'DELETE') remove(schedule)
    } else arm(schedule, false)
  }

  const arm = (schedule: ArmedSchedule, isFirst: boolean): void => {
    const { ScheduleExpression = '', StartDate, EndDate, ActionAfterCompletion } = schedule.input
    const expression = parseExpression(ScheduleExpression)
    const now = clock.now()
    const start = Math.max(now, StartDate?.getTime() ?? now)
    const due = 'at' in expression ? expression.at : isFirst ? start : now + expression.everyMs
    const isOver = 'everyMs' in expression && EndDate !== undefined && due > EndDate.getTime()
    if (!isOver) schedule.timer = clock.at(minuteOf(due), () => fire(schedule))
    else if (ActionAfterCompletion === 'DELETE') remove(schedule)
  }

  const find = (input: GetScheduleInput, call: Call): ArmedSchedule => {
    const { name, group } = namesOf(input)
    const found = schedules.get(arnOf(placeOf(call), 'schedule', `${group}/${name}`))
    if (found === undefined) throw failed('ResourceNotFoundException', 404, `Schedule ${name} does not exist.`)
    return found
  }

  const put = (input: CreateScheduleInput, place: Place, before?: ArmedSchedule) => {
    const { name, group } = namesOf(input)
    checkSchedule(input, clock.now())
    checkTrust(input, arnOf(place, 'schedule-group', group), place, options.roles)
    const arn = arnOf(place, 'schedule', `${group}/${name}`)
    const now = clock.now()
    const schedule: ArmedSchedule = {
      ...place,
      arn,
      name,
      group,
      input,
      createdAt: before?.createdAt ?? now,
      modifiedAt: now,
    }
    before?.timer?.cancel()
    schedules.set(arn, schedule)
    arm(schedule, true)
    return { ScheduleArn: arn }
  }

  const create = (input: CreateScheduleInput, call: Call) => createIn(input, placeOf(call))

  const createIn = (input: CreateScheduleInput, place: Place) => {
    const { name, group } = namesOf(input)
    if (!isGroup(place, group))
      throw failed('ResourceNotFoundException', 404, `Schedule group ${group} does not exist.`)
    if (schedules.has(arnOf(place, 'schedule', `${group}/${name}`)))
      throw failed('ConflictException', 409, `Schedule ${name} already exists.`)
    return put(input, place)
  }

  const service: AwsService = {
    name: 'scheduler',
    protocol,
    operations: {
      CreateSchedule: create,
      GetSchedule: (input: GetScheduleInput, call) => shown(find(input, call)),
      UpdateSchedule: (input: UpdateScheduleInput, call) => put(input, placeOf(call), find(input, call)),
      DeleteSchedule: (input: DeleteScheduleInput, call) => {
        remove(find(input, call))
        return {}
      },
      ListSchedules: (input: ListSchedulesInput, call) => listed([...schedules.values()], input, placeOf(call)),
    },
  }
  return {
    service,
    /** Creates a schedule group. Called only by the simulated deployment, before the schedules of the group are created. */
    addGroup: (place: Place, name: string): void => void groups.add(arnOf(place, 'schedule-group', name)),
    /** Creates a schedule. Only the simulated deployment calls this. */
    add: (place: Place, input: CreateScheduleInput): void => void createIn(input, place),
    list: (): readonly Schedule[] => [...schedules.values()],
  }
}

/**
 * Checks, when a schedule is created, that the trust policy of its role allows Scheduler to assume the role for schedules of
 * that schedule group.
 */
const checkTrust = ({ Target }: CreateScheduleInput, groupArn: string, { account }: Place, roles: Roles): void => {
  const role = roles.find(Target?.RoleArn ?? '')
  const context = { 'aws:SourceAccount': account, 'aws:SourceArn': groupArn }
  const check = { action: 'sts:AssumeRole', resource: Target?.RoleArn ?? '', context }
  if (role !== undefined && judgeServiceTrust(role.trustPolicy, SERVICE, check) === 'allow') return
  throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.')
}

/**
 * Invokes the target with the schedule's role. The role needs permission for this. A failed invocation is recorded only in
 * the call log.
 */
const deliver = (schedule: Schedule, { clock, roles, callLog, invoke }: SchedulerOptions): void => {
  const { Arn = '', RoleArn = '', Input } = schedule.input.Target ?? {}
  const event: unknown = Input === undefined ? plainEvent(schedule, clock.now()) : JSON.parse(Input)
  const role = roles.find(RoleArn)
  const check = { action: 'lambda:InvokeFunction', resource: Arn, context: {} }
  const isAllowed = role !== undefined && evaluate({ identity: documentsOf(role) }, check).decision === 'allowed'
  const isInvoked = isAllowed && invoke(Arn, event)
  callLog.add({
    at: clock.now(),
    service: 'lambda',
    action: 'Invoke',
    region: schedule.region,
    account: schedule.account,
    arn: `arn:aws:sts::${schedule.account}:assumed-role/${role?.name ?? 'unknown'}/${schedule.name}`,
    input: event,
    status: isInvoked ? 202 : isAllowed ? 404 : 403,
    ...(!isInvoked && { errorCode: isAllowed ? 'ResourceNotFoundException' : 'AccessDeniedException' }),
    requestId: randomUUID(),
  })
}

const shown = ({ arn, name, group, input, createdAt, modifiedAt }: Schedule) => ({
  ScheduleExpressionTimezone: 'UTC',
  State: 'ENABLED',
  ActionAfterCompletion: 'NONE',
  ...input,
  Arn: arn,
  Name: name,
  GroupName: group,
  CreationDate: new Date(createdAt),
  LastModificationDate: new Date(modifiedAt),
})

const listed = (all: readonly Schedule[], input: ListSchedulesInput, { account, region }: Place) => {
  const { GroupName, NamePrefix = '', State, NextToken, MaxResults = 100 } = input
  const fitting = all
    .filter(schedule => schedule.account === account && schedule.region === region)
    .filter(({ name, group }) => name.startsWith(NamePrefix) && (GroupName ?? group) === group)
    .filter(() => (State ?? 'ENABLED') === 'ENABLED')
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64').toString())
  if (!Number.isInteger(start)) throw invalid('Invalid NextToken.')
  const isMore = fitting.length > start + MaxResults
  return {
    Schedules: fitting.slice(start, start + MaxResults).map(schedule => {
      const { Target, ...rest } = shown(schedule)
      return { ...rest, Target: { Arn: Target?.Arn } }
    }),
    ...(isMore && { NextToken: Buffer.from(`${start + MaxResults}`).toString('base64') }),
  }
}
