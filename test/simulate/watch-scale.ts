// Watches the quantities that leases set: each count, bounds and suspension in order, and the call that set it.
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Service } from '../../sandbox/world/state.ts'
import type { Quantity, QuantityChange, Value, Write } from './evidence.ts'

const SITES = [
  { account: '111122223333', region: 'us-east-1' },
  { account: '444455556666', region: 'us-east-1' },
] as const

export const placeOf = ({ name, cluster }: Service): string =>
  `${cluster.account}/${cluster.region}/${cluster.name}/${name}`

/** The quantity and value that our call sets. */
export const settingOf = ({ input }: Pick<Write, 'input'>): { quantity: Quantity; value: Value } | undefined => {
  const { desiredCount, MinCapacity, MaxCapacity, SuspendedState } = input
  if (desiredCount !== undefined) return { quantity: 'count', value: [Number(desiredCount)] }
  if (MinCapacity !== undefined) return { quantity: 'bounds', value: [Number(MinCapacity), Number(MaxCapacity)] }
  if (typeof SuspendedState !== 'object' || SuspendedState === null) return undefined
  return { quantity: 'suspended', value: suspensionOf(SuspendedState) }
}

const suspensionOf = (state: object): Value => {
  const {
    DynamicScalingInSuspended: scaleIn,
    DynamicScalingOutSuspended: scaleOut,
    ScheduledScalingSuspended: scheduled,
  } = state as Readonly<Record<string, boolean | undefined>>
  return [scaleIn, scaleOut, scheduled].map(Number)
}

export const same = (a: Value, b: Value): boolean => a.join() === b.join()

export type ScaleWatch = {
  readonly history: readonly QuantityChange[]
  /** Changes since the last check were made by somebody else. */
  readonly recordOutsideChanges: () => void
  readonly noteOrder: (order: number) => void
  /** AWS has applied this write. */
  readonly noteWrite: (write: Write) => void
  /** The place of a running task. */
  readonly placeOfTask: (id: string) => string
  readonly noteNew: (service: Service) => void
  /** Its scalable target was registered again. */
  readonly noteNewTarget: (service: Service) => void
}

export const watchScale = ({ fleet, autoscaling, clock }: Sandbox): ScaleWatch => {
  const history: QuantityChange[] = []
  const last = new Map<string, QuantityChange>()
  let order = 0

  const note = (moved: Omit<QuantityChange, 'at'>): void => {
    const noted = { ...moved, at: clock.now() }
    last.set(`${moved.place} ${moved.quantity}`, noted)
    history.push(noted)
  }
  const valuesOf = (service: Service): readonly (readonly [Quantity, Value])[] => {
    const target = autoscaling.targetOf(service)
    return [
      ['count', [service.desired]],
      ...(target === undefined
        ? []
        : ([
            ['bounds', [target.min, target.max]],
            ['suspended', suspensionOf(target.suspended)],
          ] as const)),
    ]
  }
  const lookAt = (service: Service): void => {
    const place = placeOf(service)
    for (const [quantity, value] of valuesOf(service)) {
      const before = last.get(`${place} ${quantity}`)
      if (before === undefined || !same(before.value, value)) note({ order, place, quantity, value, by: 'somebody' })
    }
  }
  const services = (): readonly Service[] =>
    SITES.flatMap(site => [...fleet.site(site).clusters.values()]).flatMap(({ services: of }) => [...of.values()])
  const recordOutsideChanges = (): void => {
    for (const one of services()) lookAt(one)
  }
  const noteAnew = (service: Service, what: readonly Quantity[]): void => {
    for (const [quantity, value] of valuesOf(service))
      if (what.includes(quantity)) note({ order, place: placeOf(service), quantity, value, by: 'recreated' })
  }
  recordOutsideChanges()
  fleet.onChange(lookAt)
  return {
    history,
    recordOutsideChanges,
    noteOrder: id => {
      order = id
    },
    // The world reports a new count before the call log reports the call.
    noteWrite: write => {
      const setting = settingOf(write)
      if (setting === undefined) return
      const before = last.get(`${write.place} ${setting.quantity}`)
      const isTold = before?.by === 'somebody' && before.at === clock.now() && same(before.value, setting.value)
      if (isTold) history.splice(history.lastIndexOf(before), 1)
      if (isTold || before === undefined || !same(before.value, setting.value))
        note({ order: write.order, place: write.place, ...setting, by: write.operation })
    },
    placeOfTask: id => {
      const found = services().find(({ tasks }) => [...tasks].some(task => task.id === id))
      return found === undefined ? `task ${id}` : placeOf(found)
    },
    noteNew: service => noteAnew(service, ['count', 'bounds', 'suspended']),
    noteNewTarget: service => noteAnew(service, ['bounds', 'suspended']),
  }
}
