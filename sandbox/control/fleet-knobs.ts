// Controls for orders-api, the Fargate quota and Spot tasks.
import { HUB, type Sandbox } from '../sandbox.ts'
import type { How } from '../world/failures.ts'
import type { Service } from '../world/state.ts'
import { countFrom, type Turn } from './knob.ts'

const FAILURES: readonly { readonly value: How | ''; readonly label: string }[] = [
  { value: '', label: 'None' },
  { value: 'pull', label: 'Image pull fails' },
  { value: 'exit1', label: 'Container exits with 1' },
  { value: 'oom', label: 'Out of memory' },
  { value: 'health', label: 'Health check fails' },
  { value: 'capacity', label: 'No capacity' },
]

export const fleetKnobs = ({ fleet }: Sandbox): Record<string, Turn> => {
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
