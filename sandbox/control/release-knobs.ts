// Controls for deployments by pipelines: a new version, with or without a gate, a missing image, and an alarm.

import { HUB, type Sandbox } from '../sandbox.ts'
import type { Service } from '../world/state.ts'
import type { Turn } from './knob.ts'
import { answerInConsole, deployByPipeline, gateFor } from './pipeline.ts'

const group = 'Pipeline'

const SESSIONS = [
  { value: 'build-1842', label: 'Nobody (a build number)' },
  { value: 'requester@example.com', label: 'Requester' },
  { value: 'approver@example.com', label: 'Approver' },
]

/** The chosen service and the chosen name of the pipeline's session. Several controls share this choice. */
const createChoice = ({ fleet }: Sandbox) => {
  const choice = { service: 'orders-api', session: 'build-1842' }
  const services = (): readonly Service[] => {
    const { clusters } = fleet.site(HUB)
    const orders = clusters.get('web')?.services.get('orders-api')
    return [...(orders ? [orders] : []), ...(clusters.get('release')?.services.values() ?? [])]
  }
  return { choice, services, service: () => services().find(({ name }) => name === choice.service) }
}

type Choice = ReturnType<typeof createChoice>

export const releaseKnobs = (sandbox: Sandbox): Record<string, Turn> => {
  const choice = createChoice(sandbox)
  return {
    ...choiceKnobs(choice),
    ...deployKnobs(sandbox, choice),
    ...gateKnobs(sandbox, choice),
    ...alarmKnobs(sandbox),
  }
}

const choiceKnobs = ({ choice, services }: Choice): Record<string, Turn> => ({
  'pipeline-service': {
    knob: () => ({
      id: 'pipeline-service',
      group,
      label: 'Service',
      kind: 'select',
      options: services().map(({ name }) => ({ value: name, label: name })),
      value: choice.service,
    }),
    turn: value => {
      if (services().some(({ name }) => name === value)) choice.service = value
    },
  },
  'pipeline-person': {
    knob: () => ({
      id: 'pipeline-person',
      group,
      label: 'Runs for',
      kind: 'select',
      options: SESSIONS,
      value: choice.session,
      hint: 'The session name of the pipeline’s role; CloudTrail tells it after some minutes',
    }),
    turn: value => {
      if (SESSIONS.some(session => session.value === value)) choice.session = value
    },
  },
})

const deployKnobs = ({ fleet, aws }: Sandbox, { choice, service }: Choice): Record<string, Turn> => {
  const deploy = (isGated: boolean) => {
    const found = service()
    if (!found) return
    const hasGate = (found.deploymentConfiguration.lifecycleHooks?.length ?? 0) > 0
    deployByPipeline({ fleet, callLog: aws.callLog }, found, {
      session: choice.session,
      ...(isGated && !hasGate && { gate: gateFor(found) }),
    })
  }
  return {
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
        hint: 'New tasks with the image of the newest revision cannot pull it',
      }),
      turn: () => {
        const image = service()?.deployments[0]?.revision.spec.taskDefinition.input.containerDefinitions?.[0]?.image
        if (image === undefined) return
        fleet.knobs.failImage(image, 'pull')
        aws.images.remove(image.replace(/@sha256:[0-9a-f]+$/, ''))
      },
    },
  }
}

const gateKnobs = ({ fleet, aws: { callLog } }: Sandbox, { service }: Choice): Record<string, Turn> => {
  const answer = (action: 'CONTINUE' | 'ROLLBACK') => {
    const record = service()?.deployments[0]?.record
    if (record) answerInConsole({ fleet, callLog }, record, action)
  }
  return {
    'gate-continue': {
      knob: () => ({
        id: 'gate-continue',
        group,
        label: 'Continue in the AWS Console',
        kind: 'button',
        hint: 'Answers the gate of the service outside Quarterdeck',
      }),
      turn: () => answer('CONTINUE'),
    },
    'gate-rollback': {
      knob: () => ({ id: 'gate-rollback', group, label: 'Roll Back in the AWS Console', kind: 'button', danger: true }),
      turn: () => answer('ROLLBACK'),
    },
  }
}

const alarmKnobs = ({ autoscaling }: Sandbox): Record<string, Turn> => {
  const alarms = () =>
    autoscaling.alarms().filter(({ account, region }) => account === HUB.account && region === HUB.region)
  let chosen = alarms()[0]?.name ?? ''
  const set = (state: 'ALARM' | 'OK', reason: string) => {
    const alarm = alarms().find(({ name }) => name === chosen)
    if (alarm) autoscaling.setAlarmState(alarm, state, reason)
  }
  return {
    alarm: {
      knob: () => ({
        id: 'alarm',
        group: 'Alarms',
        label: 'Alarm',
        kind: 'select',
        options: alarms().map(({ name }) => ({ value: name, label: name })),
        value: chosen,
      }),
      turn: value => {
        chosen = value
      },
    },
    'alarm-fire': {
      knob: () => ({ id: 'alarm-fire', group: 'Alarms', label: 'Fire This Alarm', kind: 'button', danger: true }),
      turn: () => set('ALARM', 'Set by a person'),
    },
    'alarm-clear': {
      knob: () => ({ id: 'alarm-clear', group: 'Alarms', label: 'Clear This Alarm', kind: 'button' }),
      turn: () => set('OK', 'Set by a person'),
    },
  }
}
