// Controls for what pipelines deploy: a new version, with or without a gate, an image that is gone, and an alarm.

import { HUB, type Sandbox } from '../sandbox.ts'
import type { Service } from '../world/state.ts'
import type { Turn } from './knob.ts'
import { deployByPipeline, gateFor } from './pipeline.ts'

const group = 'Pipeline'

const SESSIONS = [
  { value: 'build-1842', label: 'Nobody (a build number)' },
  { value: 'requester@example.com', label: 'Requester' },
  { value: 'approver@example.com', label: 'Approver' },
]

export const releaseKnobs = ({ fleet, aws: { callLog } }: Sandbox): Record<string, Turn> => {
  const chosen = { service: 'orders-api', session: 'build-1842' }
  const services = (): readonly Service[] => {
    const { clusters } = fleet.site(HUB)
    const orders = clusters.get('web')?.services.get('orders-api')
    return [...(orders ? [orders] : []), ...(clusters.get('release')?.services.values() ?? [])]
  }
  const service = () => services().find(({ name }) => name === chosen.service)
  const deploy = (isGated: boolean) => {
    const found = service()
    if (!found) return
    const hasGate = (found.deploymentConfiguration.lifecycleHooks?.length ?? 0) > 0
    deployByPipeline({ fleet, callLog }, found, {
      session: chosen.session,
      ...(isGated && !hasGate && { gate: gateFor(found) }),
    })
  }
  return {
    'pipeline-service': {
      knob: () => ({
        id: 'pipeline-service',
        group,
        label: 'Service',
        kind: 'select',
        options: services().map(({ name }) => ({ value: name, label: name })),
        value: chosen.service,
      }),
      turn: value => {
        if (services().some(({ name }) => name === value)) chosen.service = value
      },
    },
    'pipeline-person': {
      knob: () => ({
        id: 'pipeline-person',
        group,
        label: 'Runs for',
        kind: 'select',
        options: SESSIONS,
        value: chosen.session,
        hint: 'The session name of the pipeline’s role; CloudTrail tells it after some minutes',
      }),
      turn: value => {
        if (SESSIONS.some(session => session.value === value)) chosen.session = value
      },
    },
    'pipeline-deploy': {
      knob: () => ({ id: 'pipeline-deploy', group, label: 'Deploy the Next Version', kind: 'button' }),
      turn: () => deploy(false),
    },
    'pipeline-gate': {
      knob: () => ({
        id: 'pipeline-gate',
        group,
        label: 'Deploy with a Gate',
        kind: 'button',
        hint: 'Adds a PAUSE hook, which waits an hour and then rolls back',
      }),
      turn: () => deploy(true),
    },
    'image-gone': {
      knob: () => ({
        id: 'image-gone',
        group,
        label: 'Remove the Newest Image',
        kind: 'button',
        danger: true,
        hint: 'New tasks with the image of the newest revision fail to start',
      }),
      turn: () => {
        const image = service()?.deployments[0]?.revision.spec.taskDefinition.input.containerDefinitions?.[0]?.image
        if (image !== undefined) fleet.knobs.failImage(image, 'pull')
      },
    },
  }
}
