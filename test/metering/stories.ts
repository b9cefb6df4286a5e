// One story of each kind that an operation may take, at its longest: what each costs is metered.
import { readFile } from 'node:fs/promises'
import { leaseCallbackKey, readCallback } from '../../src/engine/change/records.ts'
import { type Driving, pass } from '../world/driving.ts'
import { textOf } from '../world/text-of.ts'
import type { World } from '../world/world.ts'

/** A world at the wire, or one in this process. */
export type Metered = Driving &
  Pick<World, 'clock' | 'fleet' | 'autoscaling' | 'durable' | 'publish' | 'until' | 'store'> & {
    readonly quiet: () => Promise<void>
    readonly aws: Pick<World['aws'], 'callLog' | 'faults'>
  }

export type Story = { readonly name: string; readonly run: (world: Metered) => Promise<void> }

const CHECKOUT = 'prod.us-east-1/web/checkout'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const isOver = (world: Metered) => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING')
const untilOver = (world: Metered) => world.until(() => isOver(world))

const carriedOut = async (world: Metered, line: string): Promise<void> => {
  await world.type(line)
  await world.click('approve')
  await untilOver(world)
}

const leased = async (world: Metered, hours = 1): Promise<void> => {
  await world.type(`scale ${CHECKOUT} 12 --for ${hours}h`)
  await world.click('approve')
  await world.until(() => world.cards().map(textOf).join().includes('Temporary:'))
}

const refuse = (world: Metered, match: object, code: string, status = 400) =>
  world.aws.faults.add({
    match: { function: 'quarterdeck-operation', ...match },
    when: 'before',
    effect: { kind: 'error', code, message: 'no', status },
    times: 1_000_000,
  })

const published = async (world: Metered, change: (yaml: string) => string): Promise<void> =>
  void (await world.publish(change(await readFile('quarterdeck.yaml', 'utf8'))))

/** ECS starts nothing for the next deployment, and says nothing about it. */
export const stall = (world: Metered): void => {
  const service = world.service()
  const stop = world.aws.callLog.subscribe(({ action }) => {
    if (action !== 'UpdateService') return
    stop()
    service.scheduler.notBefore = world.clock.now() + 100 * DAY_MS
  })
}

/** From one look of a watch to the next, until so much time has gone by: what the world does between them happens at once. */
export const passLooks = async (ms: number, world: Metered): Promise<void> => {
  const end = world.clock.now() + ms
  for (;;) {
    await world.quiet()
    const looks = [...world.durable.executions.values()].flatMap(({ operations }) =>
      [...operations.values()].flatMap(({ Status, StepDetails }) =>
        Status === 'PENDING' ? (StepDetails?.NextAttemptTimestamp ?? []) : [],
      ),
    )
    const next = Math.min(...looks, end)
    world.clock.advanceTo(next)
    if (next === end) return world.quiet()
  }
}

export const changes: readonly Story[] = [
  { name: 'scale, approved', run: world => carriedOut(world, 'scale orders-api 6') },
  {
    name: 'scale, without approval',
    run: async world => {
      await world.type('scale staging.us-east-1/web/catalog-api 2')
      await untilOver(world)
    },
  },
  { name: 'restart', run: world => carriedOut(world, 'restart orders-api') },
  {
    name: 'rollback',
    run: async world => {
      const search = world.service('web/search')
      const spec = search.deployments[0]?.revision.spec
      const [before] = world.fleet.site(search.cluster).taskDefinitions.get('search') ?? []
      if (spec === undefined || before === undefined) throw new Error('search has no history')
      world.fleet.deploy(search, { ...spec, taskDefinition: before })
      await world.until(() => search.deployments.length === 1 && search.scheduler.isSteady)
      await carriedOut(world, 'rollback prod.us-east-1/web/search')
    },
  },
  { name: 'autoscale bounds', run: world => carriedOut(world, `autoscale bounds ${CHECKOUT} 4..20`) },
  {
    name: 'autoscale suspend for an hour',
    run: async world => {
      await world.type(`autoscale suspend ${CHECKOUT} in --for 1h`)
      await world.click('approve')
      await pass(2 * HOUR_MS, world)
    },
  },
  {
    name: 'autoscale resume',
    run: async world => {
      await world.type(`autoscale suspend ${CHECKOUT} in --permanent`, { user: 'U0SECOND' })
      await world.click('approve')
      await untilOver(world)
      await carriedOut(world, `autoscale resume ${CHECKOUT}`)
    },
  },
  {
    name: 'break glass, with its review',
    run: async world => {
      await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason "site is down"')
      await pass(26 * HOUR_MS, world)
    },
  },
  {
    name: 'an approval that expires after 14 days',
    run: async world => {
      await published(world, yaml => yaml.replace('expiry: 8h', 'expiry: 14d'))
      await world.type('scale orders-api 6')
      await pass(14 * DAY_MS + HOUR_MS, world)
    },
  },
  {
    name: 'a deployment that never settles',
    run: async world => {
      stall(world)
      await world.type('restart orders-api')
      await world.click('approve')
      await passLooks(36 * HOUR_MS, world)
    },
  },
  {
    name: 'a deployment that is watched for six hours, and goes back',
    run: async world => {
      const place = { account: '111122223333', region: 'us-east-1' }
      const alarm = world.autoscaling.putAlarm(place, {
        AlarmName: 'search-5xx',
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'HTTPCode_Target_5XX_Count',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 10,
      })
      world.autoscaling.setAlarmState(alarm, 'OK', 'set by the test')
      await world.type('deploy prod.us-east-1/web/search search:1 --watch 6h --alarm search-5xx')
      await world.click('approve')
      await world.until(() => world.card().startsWith('✅ Watching'))
      await passLooks(5.9 * HOUR_MS, world)
      world.autoscaling.setAlarmState(alarm, 'ALARM', 'set by the test')
      await untilOver(world)
    },
  },
]

/** These are for the wire: a story has no containers to run commands in. */
export const sessions: readonly Story[] = [
  { name: 'exec in one task', run: world => carriedOut(world, 'exec orders-api:app -- echo $HOSTNAME; true') },
  {
    name: 'exec in 50 tasks',
    run: async world => {
      world.service().desired = 50
      world.fleet.touch(world.service())
      await pass(HOUR_MS, world)
      await world.type('exec orders-api:app --all --reason "which hosts" -- echo $HOSTNAME; true')
      await world.click('approve')
      await world.click('approve', 'U0SECOND')
      await untilOver(world)
    },
  },
  { name: 'a grant of 4 hours, the longest', run: world => granted(4, world) },
]

const granted = async (hours: number, world: Metered): Promise<void> => {
  await world.type(`exec orders-api:app --interactive --for ${hours}h --reason "heap looks odd"`)
  await world.click('approve')
  await pass((hours + 1) * HOUR_MS, world)
}

/** Instead of the longest, which takes a minute: the operations of a grant grow with its hours. */
export const shortSessions: readonly Story[] = [
  ...sessions.filter(({ name }) => !name.startsWith('a grant')),
  { name: 'a grant of 1 hour', run: world => granted(1, world) },
]

const wake = async (world: Metered): Promise<void> => {
  const [operation = ''] = [...world.durable.executions.keys()]
  const id = await readCallback(world.store(), leaseCallbackKey(operation))
  if (id !== undefined) world.durable.settle(id, 'succeed', '"woken"')
  await world.quiet()
}

export const leases: readonly Story[] = [
  {
    name: 'a lease that is extended 40 times',
    run: async world => {
      await leased(world)
      for (let nth = 0; nth < 40; nth += 1) {
        await world.type(`lease extend ${CHECKOUT} 1h`)
        await world.click('approve')
        await pass(5 * 60_000, world)
      }
      await pass(2 * DAY_MS, world)
    },
  },
  {
    name: 'a lease that is woken 100 times for nothing',
    run: async world => {
      await leased(world, 48)
      for (let nth = 0; nth < 100; nth += 1) await wake(world).catch(() => undefined)
      await pass(3 * DAY_MS, world)
    },
  },
  {
    name: 'a lease that a halt keeps from its end for 60 days',
    run: async world => {
      await leased(world)
      await world.type('halt --reason "incident 812"', { user: 'U0SECOND' })
      await pass(60 * DAY_MS, world)
    },
  },
  {
    name: 'a lease whose revert AWS denies for 60 days',
    run: async world => {
      await leased(world)
      refuse(world, { action: 'RegisterScalableTarget' }, 'AccessDeniedException')
      await pass(60 * DAY_MS, world)
    },
  },
  {
    name: 'a lease that is left as found, and nobody decides',
    run: async world => {
      await leased(world)
      const target = world.autoscaling.targetOf(world.service('web/checkout'))
      if (target !== undefined) Object.assign(target, { min: 6, max: 20 })
      await pass(32 * DAY_MS, world)
    },
  },
  {
    name: 'a lease while DynamoDB refuses for 12 hours',
    run: async world => {
      await leased(world, 2)
      await pass(HOUR_MS, world)
      const { id } = refuse(world, { service: 'dynamodb' }, 'InternalServerError', 500)
      await pass(12 * HOUR_MS, world)
      world.aws.faults.remove(id)
      await pass(DAY_MS, world)
    },
  },
]

/** As bench/README.md has them. */
export const STORIES: readonly Story[] = [...changes, ...sessions, ...leases]
