import { describe, expect, test } from 'vitest'
import { schedule } from '../../src/commands/autoscale/schedule.ts'
import { unschedule } from '../../src/commands/autoscale/unschedule.ts'
import type { AnyMutation } from '../../src/commands/command.ts'
import { declarations } from '../../src/commands/declarations.ts'
import { lineText } from '../../src/engine/cards/card-line.ts'
import { fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import type { Scaling } from '../../src/features/scaling/load-scaling.ts'
import { parseText } from '../../src/kit/language/invocation.ts'
import { plain } from '../../src/kit/messages/markup.ts'
import type { ScheduledBounds } from '../../src/model/ecs.ts'
import { isProblem, isRefusal, type Refusal } from '../../src/model/errors.ts'
import { aBook, aLease, anAutoscaling, aReader, aScaling, aService } from '../builders.ts'

/** Sunday, 04:00 in Madrid. */
const NOW = '2026-11-22T03:00:00.000Z'
const stateOf = (state: Partial<Scaling> = {}) => aScaling({ autoscaling: anAutoscaling(), now: NOW, ...state })
const aSchedule = (more: Partial<ScheduledBounds> = {}): ScheduledBounds => ({
  name: 'night',
  expression: 'cron(0 12 * * ? *)',
  timezone: 'UTC',
  max: 6,
  ...more,
})
const withSchedules = (...schedules: ScheduledBounds[]) => ({ autoscaling: anAutoscaling({ schedules }) })

/** What the line makes of itself: a plan, a refusal, or the problem of the parser. */
const made = (command: AnyMutation, line: string, state: Partial<Scaling> = {}): Plan | Refusal => {
  const parsed = parseText(line, declarations)
  if (isProblem(parsed)) return { kind: 'refusal', text: parsed.text, ...(parsed.hint && { hint: parsed.hint }) }
  return command.plan(parsed.values, stateOf(state))
}
const planned = (command: AnyMutation, line: string, state: Partial<Scaling> = {}): Plan => {
  const plan = made(command, line, state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refused = (command: AnyMutation, line: string, state: Partial<Scaling> = {}): Refusal => {
  const refusal = made(command, line, state)
  if (!isRefusal(refusal)) throw new Error(`${refusal.title} is a plan`)
  return refusal
}

const WEEKDAYS = 'autoscale schedule orders-api "weekdays 08:45" 20..40 --until 17:30 --zone Europe/Madrid'
const NAME = 'quarterdeck-weekdays-0845-europe-madrid'

describe('a schedule', () => {
  test('is an action at its start, and one that sets the bounds of today back', () => {
    const plan = planned(schedule, WEEKDAYS)
    expect(plan.title).toBe('Schedule 20..40 of *orders-api*: weekdays 08:45 to 17:30 Europe/Madrid')
    expect(plan.calls.map(({ action, input }) => [action, input])).toEqual(
      [
        [NAME, 'cron(45 8 ? * MON-FRI *)', { MinCapacity: 20, MaxCapacity: 40 }],
        [`${NAME}-end`, 'cron(30 17 ? * MON-FRI *)', { MinCapacity: 4, MaxCapacity: 10 }],
      ].map(([ScheduledActionName, Schedule, ScalableTargetAction]) => [
        'PutScheduledAction',
        {
          ServiceNamespace: 'ecs',
          ResourceId: 'service/web/orders-api',
          ScalableDimension: 'ecs:service:DesiredCount',
          Timezone: 'Europe/Madrid',
          ...{ ScheduledActionName, Schedule, ScalableTargetAction },
        },
      ]),
    )
    expect(plan.invocation).toBe(WEEKDAYS.replace('orders-api', 'prod.us-east-1/web/orders-api'))
    expect(plan.takeBack).toBe(`autoscale unschedule prod.us-east-1/web/orders-api ${NAME}`)
    expect(plan.also).toEqual(['autoscale bounds', 'scale'])
  })

  test('shows the next time, what its end does, what it costs, and that it sets bounds at these times only', () => {
    const plan = planned(schedule, WEEKDAYS)
    expect(plan.included?.map(lineText).map(plain)).toEqual([
      '20..40 at 2026-11-23 07:45 UTC, then 4..10: up to 30 of 40 stop',
    ])
    expect(plan.losses).toEqual(['16 tasks start when it runs', 'May scale out to 40 tasks, 10 before'])
    expect(plan.undo).toBe('unschedule it, then set 4..10')
    expect(plan.consequences[0]).toContain('only when it runs')
    expect(plan.consequences.map(plain)).toContain(
      `${NAME} is cron(45 8 ? * MON-FRI *) in Europe/Madrid: it sets 20..40 at 2026-11-23 07:45 UTC, 2026-11-24 07:45 UTC, 2026-11-25 07:45 UTC.`,
    )
    expect(plan).toMatchObject({ size: 30, tasks: 40, amounts: { minimum: { from: 4, to: 20 } } })
  })

  test.each([
    ['"daily 6:05" 4..12', 'quarterdeck-daily-0605', 'cron(5 6 * * ? *)'],
    ['"weekends 20:00" 4..12', 'quarterdeck-weekends-2000', 'cron(0 20 ? * SAT,SUN *)'],
    ['"tue,mon 20:00" 4..12', 'quarterdeck-mon-tue-2000', 'cron(0 20 ? * MON,TUE *)'],
    ['"at 2026-12-24T18:00" 4..12', 'quarterdeck-at-2026-12-24t1800', 'at(2026-12-24T18:00:00)'],
    ['"cron(0 8 1 * ? *)" 4..12', '^quarterdeck-[0-9a-f]{10}$', 'cron(0 8 1 * ? *)'],
    ['"rate(2 hours)" 4..12', '^quarterdeck-[0-9a-f]{10}$', 'rate(2 hours)'],
  ])('%s is %s: %s', (words, name, expression) => {
    const [call] = planned(schedule, `autoscale schedule orders-api ${words}`).calls
    expect(call?.input['Schedule']).toBe(expression)
    expect(call?.input['ScheduledActionName']).toMatch(new RegExp(name))
  })

  test.each([
    ['"fri 22:00" 4..12 --until 06:00', 'cron(0 6 ? * SAT *)'],
    ['"weekdays 22:00" 4..12 --until 06:00', 'cron(0 6 ? * TUE,WED,THU,FRI,SAT *)'],
    ['"at 2026-12-24T18:00" 4..12 --until 02:00', 'at(2026-12-25T02:00:00)'],
    ['"at 2026-12-24T18:00" 4..12 --until 2026-12-27T09:00', 'at(2026-12-27T09:00:00)'],
  ])('%s ends by %s', (words, expression) => {
    expect(planned(schedule, `autoscale schedule orders-api ${words}`).calls[1]?.input['Schedule']).toBe(expression)
  })

  test('sets back the bounds without temporary changes', () => {
    const book = aBook({ min: 4, max: 10 }, aLease({ holding: { kind: 'floor', min: 8 } }))
    const plan = planned(schedule, WEEKDAYS, { book, autoscaling: anAutoscaling({ min: 8 }) })
    expect(plan.warnings).toContain('A temporary minimum is active: a run before its end replaces it.')
    const [, end] = plan.calls
    expect(end?.input['ScalableTargetAction']).toEqual({ MinCapacity: 4, MaxCapacity: 10 })
  })

  test.each([
    ['4..20', 4, 'medium'],
    ['4..21', 4, 'medium'],
    ['4..8', 4, 'medium'],
    ['1..3', 30, 'high'],
  ])('to %s with %i tasks is of %s risk', (bounds, desired, level) => {
    const plan = planned(schedule, `autoscale schedule orders-api "daily 08:00" ${bounds}`, {
      service: aService({ desired }),
    })
    expect(plan.risk.level).toBe(level)
  })

  test('that overlaps another says which, and that the last to run wins', () => {
    const { warnings = [] } = planned(schedule, WEEKDAYS, withSchedules(aSchedule()))
    expect(warnings.map(plain)).toEqual(['night sets maximum 6 at 2026-11-23 12:00 UTC: the last to run wins.'])
    const early = withSchedules(aSchedule({ expression: 'cron(0 5 * * ? *)' }))
    expect(planned(schedule, WEEKDAYS, early).warnings).toEqual([])
    const endless = 'autoscale schedule orders-api "weekdays 08:45" 20..40'
    expect(planned(schedule, endless, early).warnings).toHaveLength(1)
  })

  test.each([
    ['02:30', 'The clocks skip 2027-03-28 02:30: it does not run then.'],
    ['02:30', 'The clocks show 2027-10-31 02:30 twice: it may run twice.'],
  ])('at %s in the night when clocks change: %s', (at, words) => {
    const plan = planned(schedule, `autoscale schedule orders-api "daily ${at}" 4..12 --zone Europe/Madrid`)
    expect(plan.warnings).toContain(words)
    const utc = planned(schedule, `autoscale schedule orders-api "daily ${at}" 4..12`)
    expect(utc.warnings).toEqual([])
  })

  test('of a name that exists changes that action, and binds to all of them', () => {
    const found = aSchedule({ name: NAME, expression: 'cron(45 8 ? * MON-FRI *)', timezone: 'Europe/Madrid' })
    const plan = planned(schedule, WEEKDAYS, withSchedules(found))
    expect(plan.changes[0]).toEqual({
      what: `Scheduled action ${NAME}`,
      from: 'maximum 6',
      to: 'minimum 20 and maximum 40',
    })
    expect(plan).not.toHaveProperty('takeBack')
    expect(fingerprint(plan)).not.toBe(fingerprint(planned(schedule, WEEKDAYS)))
  })

  test('that replaces one says so, binds it to its bounds, and is taken back to it', () => {
    const found = aSchedule({
      name: 'quarterdeck-at-2026-12-24t1800',
      expression: 'at(2026-12-24T18:00:00)',
      min: 6,
      max: 30,
    })
    const plan = planned(schedule, 'autoscale schedule orders-api "at 2026-12-24T18:00" 4..20', withSchedules(found))
    expect(plan.losses?.map(lineText).map(plain)[0]).toBe('Replaces 6..30 of quarterdeck-at-2026-12-24t1800')
    expect(plan.risk.level).toBe('medium')
    expect(plan.undo).toBe('schedule 6..30 again')
    expect(plan.takeBack).toBe('autoscale schedule prod.us-east-1/web/orders-api "at 2026-12-24T18:00" 6..30')
    const half = withSchedules({ ...found, expression: 'at(2026-12-24T18:00:00)', timezone: 'Europe/Madrid' })
    const other = planned(schedule, 'autoscale schedule orders-api "at 2026-12-24T18:00" 4..20', half)
    expect(other.undo).toBe('set the replaced action again: see Details')
    expect(other).not.toHaveProperty('takeBack')
    expect(other.consequences.join(' ')).toContain('in Europe/Madrid, and set 6..30.')
  })

  test.each(['GMT+5', 'GMT-5'])('in Etc/%s has a name of its own', zone => {
    const [call] = planned(schedule, `autoscale schedule orders-api "daily 08:45" 4..12 --zone Etc/${zone}`).calls
    const sign = zone.includes('+') ? 'plus' : 'minus'
    expect(call?.input['ScheduledActionName']).toBe(`quarterdeck-daily-0845-etc-gmt-${sign}-5`)
  })

  test('makes the end of what another one set: as many tasks as its bounds allow', () => {
    const later = withSchedules(aSchedule({ name: 'back', expression: 'at(2026-12-24T19:00:00)', min: 4, max: 10 }))
    const plan = planned(schedule, 'autoscale schedule orders-api "at 2026-12-24T18:00" 4..40', {
      ...later,
      callers: [],
    })
    expect(plan.risk.level).toBe('high')
    expect(plan.included?.map(lineText).at(-1)).toBe('at the next schedule up to 30 of 40 stop')
    expect(plan.also).toContain('scale')
    const quiet = planned(schedule, 'autoscale schedule orders-api "at 2026-12-24T18:00" 4..20')
    expect(quiet).toMatchObject({ risk: { level: 'low' }, also: ['autoscale bounds'] })
    expect(quiet.runs).toEqual(['2026-12-24T18:00:00.000Z'])
  })

  test('says that suspended scheduled scaling does not run', () => {
    const autoscaling = anAutoscaling({ suspended: { in: false, out: false, scheduled: true } })
    expect(planned(schedule, WEEKDAYS, { autoscaling }).warnings?.[0]).toContain('Scheduled scaling is suspended')
  })

  test.each([
    ['"weekdays 25:00" 4..12', '`25:00` is not a time of day.'],
    ['"someday 08:00" 4..12', '`someday 08:00` does not say when.'],
    ['"at 2026-02-30T08:00" 4..12', '`2026-02-30T08:00` is not a date with a time.'],
    ['"daily 08:00" 12..4', 'The minimum (12) is more than the maximum (4).'],
    ['"daily 08:00" 4..12 --zone Europe/Atlantis', '`Europe/Atlantis` is not a time zone.'],
    ['"daily 08:00" 4..12 --zone +02:00', '`+02:00` is not a time zone.'],
    ['"at 2026-11-21T08:00" 4..12', 'That time never comes: it is in the past, or no such day exists.'],
    ['"cron(0 8 30 2 ? *)" 4..12', 'That time never comes: it is in the past, or no such day exists.'],
    ['"cron(0 8 * * * *)" 4..12', 'AWS does not accept `cron(0 8 * * * *)`.'],
    ['"cron(61 8 * * ? *)" 4..12', 'That time never comes: it is in the past, or no such day exists.'],
    ['"rate(1 hours)" 4..12', 'AWS does not accept `rate(1 hours)`.'],
    ['"rate(1 hour)" 4..12 --until 17:30', '`--until` needs a time of day to count from.'],
    ['"daily 08:00" 4..12 --until 2026-12-01T10:00', 'A schedule that repeats ends at a time of day.'],
    ['"at 2026-12-24T18:00" 4..12 --until 2026-12-24T17:00', 'The end is before the start.'],
    [
      '"at 2027-03-28T02:30" 4..12 --zone Europe/Madrid',
      '2027-03-28 02:30 does not exist in Europe/Madrid: the clocks change then.',
    ],
  ])('%s is refused: %s', (words, text) => {
    expect(refused(schedule, `autoscale schedule orders-api ${words}`).text).toBe(text)
  })

  test('is refused where it is there already, and where there is no scalable target', () => {
    const there = withSchedules(
      aSchedule({ name: NAME, expression: 'cron(45 8 ? * MON-FRI *)', timezone: 'Europe/Madrid', min: 20, max: 40 }),
      aSchedule({
        name: `${NAME}-end`,
        expression: 'cron(30 17 ? * MON-FRI *)',
        timezone: 'Europe/Madrid',
        min: 4,
        max: 10,
      }),
    )
    expect(refused(schedule, WEEKDAYS, there).hint).toBe('Nothing to change.')
    const none = schedule.plan({ when: {}, bounds: { min: 1, max: 2 } }, aScaling())
    expect(isRefusal(none) && none.text).toContain('no scalable target is registered')
  })

  test('is done when AWS shows both actions', async () => {
    const plan = planned(schedule, WEEKDAYS)
    const start = aSchedule({ name: NAME, expression: 'cron(45 8 ? * MON-FRI *)', min: 20, max: 40 })
    const end = aSchedule({ name: `${NAME}-end`, expression: 'cron(30 17 ? * MON-FRI *)', min: 4, max: 10 })
    const look = (schedules: readonly ScheduledBounds[], now = NOW) =>
      schedule.settled?.(plan, NOW, now, aReader({ autoscaling: async () => anAutoscaling({ schedules }) }))
    expect(await look([start, end])).toMatchObject({ status: 'done' })
    expect(await look([start])).toMatchObject({ status: 'moving' })
    expect(await look([start], '2026-11-22T03:06:00.000Z')).toMatchObject({ status: 'superseded' })
  })
})

describe('unschedule', () => {
  test('deletes an action, once', () => {
    const plan = planned(unschedule, 'autoscale unschedule orders-api night', withSchedules(aSchedule()))
    expect(plan).toMatchObject({
      title: 'Delete schedule *night* of *orders-api*',
      risk: { level: 'medium' },
      calls: [{ action: 'DeleteScheduledAction', input: { ScheduledActionName: 'night' }, repeatable: false }],
    })
    expect(plan.losses?.map(lineText).map(plain)).toEqual([
      'Does not set maximum 6 at 2026-11-22 12:00 UTC and later',
      'The bounds stay at 4..10',
    ])
    expect(plan.consequences.join(' ')).toContain('`cron(0 12 * * ? *)`')
  })

  test('of a start deletes its end, too; of an end leaves the start, and says so', () => {
    const both = withSchedules(aSchedule({ name: NAME }), aSchedule({ name: `${NAME}-end` }))
    const named = (name: string) => planned(unschedule, `autoscale unschedule orders-api ${name}`, both)
    const deleted = (name: string) => named(name).calls.map(({ input }) => input['ScheduledActionName'])
    expect(deleted(NAME)).toEqual([NAME, `${NAME}-end`])
    expect(deleted(`${NAME}-end`)).toEqual([`${NAME}-end`])
    expect(named(`${NAME}-end`).losses?.at(-1)).toContain('stays, and has no end then')
  })

  test('of an unknown name offers those that there are', () => {
    const refusal = refused(unschedule, 'autoscale unschedule orders-api nigth', withSchedules(aSchedule()))
    expect(refusal).toMatchObject({
      text: '*orders-api* has no scheduled action `nigth`.',
      offers: [{ label: 'Delete night', invocation: 'autoscale unschedule prod.us-east-1/web/orders-api night' }],
    })
    expect(refused(unschedule, 'autoscale unschedule orders-api night').hint).toBe('It has none.')
  })

  test('after a lost answer, looks whether the action is gone', async () => {
    const plan = planned(unschedule, 'autoscale unschedule orders-api night', withSchedules(aSchedule()))
    const [call] = plan.calls
    if (call === undefined) throw new Error('no call')
    const gone = (schedules: readonly ScheduledBounds[]) =>
      unschedule.applied?.(call, plan, aReader({ autoscaling: async () => anAutoscaling({ schedules }) }))
    expect(await gone([])).toBe(true)
    expect(await gone([aSchedule()])).toBe(false)
  })
})
