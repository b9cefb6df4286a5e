// Controls for orders-api, the Fargate quotas and Spot.
import { HUB, type Sandbox } from '../sandbox.ts'
import type { How } from '../world/failures.ts'
import type { Purchase } from '../world/quotas.ts'
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

const SPOT = 'FARGATE_SPOT'

const SPOT_CAPACITY = [
  { value: 'available', label: 'Available' },
  { value: 'dry', label: 'None (Spot is dry)' },
]

const setQuota = ({ fleet }: Sandbox, purchase: Purchase, text: string) => {
  const vcpus = Number(text)
  if (text !== '' && Number.isFinite(vcpus) && vcpus >= 0) fleet.quotas.setVcpus(HUB, purchase, vcpus)
}

export const fleetKnobs = (sandbox: Sandbox): Record<string, Turn> => {
  const { fleet } = sandbox
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
      turn: vcpus => setQuota(sandbox, 'on-demand', vcpus),
    },
    'spot-quota': {
      knob: () => ({
        id: 'spot-quota',
        group: 'Fleet',
        label: 'Fargate vCPU quota (Spot)',
        kind: 'number',
        hint: 'For this account and region; separate from on-demand',
        value: fleet.quotas.vcpus(HUB, 'spot'),
      }),
      turn: vcpus => setQuota(sandbox, 'spot', vcpus),
    },
    'spot-capacity': {
      knob: () => ({
        id: 'spot-capacity',
        group: 'Fleet',
        label: 'Fargate Spot capacity',
        kind: 'select',
        options: SPOT_CAPACITY,
        hint: 'Without capacity, Spot tasks wait; nothing replaces them on demand',
        value: fleet.knobs.isExhausted(SPOT) ? 'dry' : 'available',
      }),
      turn: value => (value === 'dry' ? fleet.knobs.exhaust(SPOT) : fleet.knobs.replenish(SPOT)),
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
