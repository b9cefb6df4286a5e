// Controls for checkout, a service with autoscaling: its load, and changes that another person makes in the AWS
// console.

import { HUB, type Sandbox } from '../sandbox.ts'
import { resourceIdOf } from '../world/autoscaling/context.ts'
import type { Service } from '../world/state.ts'
import { countFrom, type Turn } from './knob.ts'

/** The loads, as the number of tasks that are fully busy. With a target of 60 % CPU, the normal load needs six tasks. */
const LOADS = [
  { value: 'quiet', label: 'Low', load: 1.2 },
  { value: 'normal', label: 'Normal', load: 3.42 },
  { value: 'busy', label: 'High', load: 4.8 },
  { value: 'spike', label: 'Spike', load: 12 },
] as const

const group = 'checkout'

export const scalingKnobs = ({ fleet, autoscaling }: Sandbox): Record<string, Turn> => {
  const checkout = (): Service | undefined => fleet.site(HUB).clusters.get('web')?.services.get('checkout')
  const change = (value: string, make: (service: Service, count: number) => void) => {
    const service = checkout()
    const count = countFrom(value)
    if (service !== undefined && count !== undefined) make(service, count)
  }
  return {
    load: {
      knob: value => ({
        id: 'load',
        group,
        label: 'Load',
        kind: 'select',
        options: LOADS.map(({ value, label }) => ({ value, label })),
        value: value ?? 'normal',
        hint: 'Target tracking at 60 % CPU: scales out after 3 minutes, in after 15',
      }),
      turn: value => {
        const service = checkout()
        const chosen = LOADS.find(load => load.value === value)
        if (service !== undefined && chosen !== undefined) autoscaling.setLoad(service, chosen.load)
      },
    },
    'checkout-minimum': {
      knob: value => ({
        id: 'checkout-minimum',
        group,
        label: 'Set min capacity outside Quarterdeck',
        kind: 'number',
        value: value ?? 4,
      }),
      turn: value =>
        change(value, (service, min) => {
          const target = autoscaling.targetOf(service)
          if (target === undefined || min > target.max) return
          autoscaling.register(target, resourceIdOf(service), { min })
        }),
    },
    'checkout-count': {
      knob: value => ({
        id: 'checkout-count',
        group,
        label: 'Set desired count outside Quarterdeck',
        kind: 'number',
        value: value ?? 6,
      }),
      turn: value =>
        change(value, (service, count) => {
          service.desired = count
          fleet.touch(service)
        }),
    },
  }
}
