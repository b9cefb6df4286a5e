// Scheduled actions, policies and forecasts: what a card says before them, and what AWS has after them.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const HOUR = 3_600_000

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const checkout = () => world.service('web/checkout')
const target = () => world.autoscaling.targetOf(checkout())
const bounds = () => `${target()?.min}..${target()?.max}`
const isOver = () => ENDED.test(world.card())
const policy = (name: string) => target()?.policies.get(name)
/** Whether AWS was asked to change anything of autoscaling. */
const writes = () =>
  world.aws.callLog
    .list()
    .filter(({ service, action }) => service === 'application-autoscaling' && /^(?:Put|Delete|Register)/.test(action))
    .map(({ action }) => action)

const carriedOut = async (line: string): Promise<string> => {
  expect(await world.type(line)).toBe('')
  await world.click('approve')
  await world.until(isOver)
  return world.card()
}

describe('a schedule', () => {
  const LINE = `autoscale schedule ${CHECKOUT} "daily 08:45" 8..20 --until 17:30 --zone Europe/Madrid`

  test('says what it will set and when, sets it then, and sets it back', async () => {
    await world.type(LINE)
    expect(world.card()).toContain('Schedule 8..20 of checkout: daily 08:45 to 17:30 Europe/Madrid')
    expect(world.card()).toContain('• 2 tasks start when it runs')
    const dialog = await world.details()
    expect(dialog).toContain('sets 8..20 at 2026-11-22 07:45 UTC, 2026-11-23 07:45 UTC, 2026-11-24 07:45 UTC')
    expect(dialog).toContain('sets 4..10 at 2026-11-22 16:30 UTC')
    expect(dialog).toContain('cron(45 8 * * ? *)')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
    expect(writes()).toEqual(['PutScheduledAction', 'PutScheduledAction'])
    expect(bounds()).toBe('4..10')
    await pass(6 * HOUR, world)
    expect(bounds()).toBe('8..20')
    await pass(9 * HOUR, world)
    expect(bounds()).toBe('4..10')
  })

  test('is shown, overlaps the next one, and is deleted with its end', async () => {
    await carriedOut(LINE)
    const name = 'quarterdeck-daily-0845-europe-madrid'
    expect(await world.type(`autoscale ${CHECKOUT}`)).toContain(`The scheduled action ${name} sets minimum 8`)
    await world.type(`autoscale schedule ${CHECKOUT} "daily 07:00" 6..30 --until 20:00`)
    expect(await world.details()).toContain('the last to run wins')
    await world.click('cancel', 'U0REQUEST')
    expect(await world.type(`autoscale unschedule ${CHECKOUT} nothing`)).toContain(`[Delete ${name}]`)
    expect(await carriedOut(`autoscale unschedule ${CHECKOUT} ${name}`)).toContain('✅ Done')
    expect([...(target()?.scheduled.keys() ?? [])]).toEqual([])
  })

  test('in the night when the clocks change says what happens then', async () => {
    await world.type(`autoscale schedule ${CHECKOUT} "daily 02:30" 8..20 --zone Europe/Madrid`)
    const dialog = await world.details()
    expect(dialog).toContain('The clocks skip 2027-03-28 02:30: it does not run then.')
    expect(dialog).toContain('The clocks show 2027-10-31 02:30 twice: it may run twice.')
  })
})

describe('a policy', () => {
  test('that exists is changed under its name, and taken back', async () => {
    await world.type(`autoscale track ${CHECKOUT} cpu 70`)
    expect(world.card()).toContain('Set CPU target of checkout 60% → 70%')
    expect(world.card()).toContain('🟠 Medium risk')
    await world.click('approve')
    await world.until(isOver)
    expect(policy('checkout-cpu')?.strategy.input).toMatchObject({ TargetValue: 70, DisableScaleIn: false })
    await carriedOut(`autoscale track ${CHECKOUT} cpu 60`)
    expect(policy('checkout-cpu')?.strategy.input).toMatchObject({ TargetValue: 60 })
  })

  test('of another metric is made beside it, and deleted with its alarms', async () => {
    await carriedOut(`autoscale track ${CHECKOUT} memory 70 --no-scale-in --out-cooldown 60s`)
    expect(policy('quarterdeck-memory')?.strategy.input).toMatchObject({ DisableScaleIn: true, ScaleOutCooldown: 60 })
    expect(world.autoscaling.alarms().filter(({ name }) => name.includes('checkout'))).toHaveLength(4)
    await carriedOut(`autoscale untrack ${CHECKOUT} memory`)
    expect(world.autoscaling.alarms().filter(({ name }) => name.includes('checkout'))).toHaveLength(2)
    expect(await world.type(`autoscale untrack ${CHECKOUT} cpu`)).toContain(
      'may not suspend autoscaling without an end',
    )
  })

  test('whose alarm is gone is said, and makes it again when it is put', async () => {
    const [high] = policy('checkout-cpu')?.alarms ?? []
    if (high === undefined) throw new Error('no alarm')
    world.autoscaling.removeAlarm(high)
    const gone = 'its scale-out alarm is gone, so it does not scale out'
    expect(await world.type(`autoscale ${CHECKOUT}`)).toContain(gone)
    await carriedOut(`autoscale track ${CHECKOUT} cpu 55`)
    expect(await world.type(`autoscale ${CHECKOUT}`)).not.toContain(gone)
  })

  test('that somebody changed since the approval was asked for makes the plan out of date', async () => {
    await world.type(`autoscale track ${CHECKOUT} cpu 70`)
    const found = policy('checkout-cpu')
    const [changed] = [target()].flatMap(one => one ?? [])
    if (found === undefined || changed === undefined) throw new Error('no policy')
    world.autoscaling.putPolicy(changed, 'checkout-cpu', {
      type: 'TargetTrackingScaling',
      input: { ...found.strategy.input, TargetValue: 50 } as never,
    })
    await world.click('approve')
    await world.until(() => world.card().startsWith('⚪ Out of date'))
    expect(policy('checkout-cpu')?.strategy.input).toMatchObject({ TargetValue: 50 })
  })
})

describe('a forecast', () => {
  test('is created, shown against the load, promoted, and paused', async () => {
    expect(await world.type(`autoscale forecast ${CHECKOUT}`)).toContain('checkout has no forecast.')
    await world.type(`autoscale forecast create ${CHECKOUT} cpu 60`)
    expect(world.card()).toContain('🟢 Low risk')
    await world.click('approve')
    await world.until(isOver)
    const shown = await world.type(`autoscale forecast ${CHECKOUT}`)
    expect(shown).toContain('checkout needs up to 7 tasks in the next 2 days, by the forecast')
    expect(shown).toMatch(/Last 7 days: off by [\d.]+ tasks? on average over 168 h/)
    await world.press('Show Chart')
    expect(world.told('U0REQUEST')).toContain('The picture is in your direct messages')
    await world.type(`autoscale forecast promote ${CHECKOUT}`)
    expect(world.card()).toMatch(/Its error over 336 h: [\d.]+ tasks on average/)
    await world.click('approve')
    await world.until(isOver)
    expect(policy('quarterdeck-forecast')?.strategy.input).toMatchObject({ Mode: 'ForecastAndScale' })
    await carriedOut(`autoscale forecast pause ${CHECKOUT}`)
    expect(policy('quarterdeck-forecast')?.strategy.input).toMatchObject({ Mode: 'ForecastOnly' })
  })

  test('of a service that is younger than a day has none, and is not promoted', async () => {
    await carriedOut(`autoscale forecast create ${CHECKOUT} cpu 60`)
    Object.assign(checkout(), { createdAt: world.clock.now() - 5 * HOUR })
    expect(await world.type(`autoscale forecast ${CHECKOUT}`)).toContain(
      'checkout has no forecast yet: AWS needs 24 h of the metric',
    )
    expect(await world.type(`autoscale forecast promote ${CHECKOUT}`)).toContain('it needs 24 h')
  })
})

test('a count without an end that suspends autoscaling says so, and its way back keeps the count', async () => {
  await world.publish((await readFile('quarterdeck.yaml', 'utf8')).replace(/permanent: .*/, 'permanent: [everyone]'))
  await world.type(`scale ${CHECKOUT} 12 --suspend`)
  expect(world.card()).toContain('Scale checkout 6 → 12 and suspend autoscaling')
  expect(world.card()).toContain('Undo: scale to 6, then resume autoscaling')
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('Scaled checkout 6 → 12 and suspended autoscaling in')
})

test('a part that AWS does not let Quarterdeck read is named, and the others are shown', async () => {
  world.aws.faults.add({
    match: { service: 'application-autoscaling', action: 'DescribeScheduledActions' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
  })
  const shown = await world.type(`autoscale ${CHECKOUT}`)
  expect(shown).toContain('Unavailable: reading the scheduled actions of checkout: AWS denied it')
  expect(shown).toContain('Policy checkout-cpu, target tracking: keeps CPU at 60%')
  expect(shown).toContain('AlarmHigh')
})

test('what cannot be is answered, asks nobody and changes nothing', async () => {
  const lines = [
    `autoscale schedule ${CHECKOUT} "weekdays 25:00" 4..12`,
    `autoscale schedule ${CHECKOUT} "daily 08:00" 12..4`,
    `autoscale schedule ${CHECKOUT} "daily 08:00" 4..12 --zone Europe/Atlantis`,
    `autoscale schedule ${CHECKOUT} "cron(0 8 * * * *)" 4..12`,
    `autoscale schedule ${CHECKOUT} "at 2020-01-01T08:00" 4..12`,
    'autoscale schedule orders-api "daily 08:00" 4..12',
    `autoscale unschedule ${CHECKOUT} night`,
    `autoscale track ${CHECKOUT} disk 60`,
    `autoscale track ${CHECKOUT} cpu 101`,
    `autoscale track ${CHECKOUT} cpu 60`,
    'autoscale track orders-api cpu 60',
    `autoscale untrack ${CHECKOUT} memory`,
    `autoscale forecast create ${CHECKOUT} cpu 0`,
    `autoscale forecast promote ${CHECKOUT}`,
    `autoscale forecast pause ${CHECKOUT}`,
  ]
  const answers: string[] = []
  for (const line of lines) answers.push((await world.type(line)).split('\n')[0] ?? '')
  expect(answers).toMatchInlineSnapshot(`
    [
      "25:00 is not a time of day.",
      "The minimum (12) is more than the maximum (4).",
      "Europe/Atlantis is not a time zone.",
      "AWS does not accept cron(0 8 * * * *).",
      "That time never comes: it is in the past, or no such day exists.",
      "orders-api has no autoscaling: no scalable target is registered.",
      "checkout has no scheduled action night.",
      "disk is not a metric.",
      "A target of 101% is outside of the range.",
      "checkout-cpu already keeps CPU at 60%.",
      "orders-api has no autoscaling: no scalable target is registered.",
      "checkout has no policy memory.",
      "A target of 0% is outside of the range.",
      "checkout has no forecast.",
      "checkout has no forecast.",
    ]
  `)
  expect(world.cards()).toEqual([])
  expect(writes()).toEqual([])
})
