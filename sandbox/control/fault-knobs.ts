// Controls that inject faults into AWS, Slack and Lambda.
import type { Sandbox } from '../sandbox.ts'
import { staging } from '../world/seed.ts'
import type { Turn } from './knob.ts'

export const faultKnobs = ({ aws, slack, functions }: Sandbox): Record<string, Turn> => ({
  throttle: {
    knob: () => ({ id: 'throttle', group: 'Faults', label: 'Throttle 5 UpdateService Calls', kind: 'button' }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'ecs', action: 'UpdateService' },
        when: 'before',
        effect: { kind: 'throttle' },
        times: 5,
      }),
  },
  lose: {
    knob: () => ({
      id: 'lose',
      group: 'Faults',
      label: 'Lose Next UpdateService Response',
      kind: 'button',
      hint: 'AWS applies the call, but the response is lost',
    }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'ecs', action: 'UpdateService' },
        when: 'after',
        effect: { kind: 'drop' },
      }),
  },
  kill: {
    knob: () => ({
      id: 'kill',
      group: 'Faults',
      label: 'Kill at Next Checkpoint',
      kind: 'button',
      danger: true,
    }),
    turn: () =>
      void aws.faults.add({
        match: { service: 'lambda', action: 'CheckpointDurableExecution' },
        when: 'before',
        effect: { kind: 'kill' },
      }),
  },
  limit: {
    knob: () => ({ id: 'limit', group: 'Faults', label: 'Rate-Limit 3 Slack Updates', kind: 'button' }),
    turn: () =>
      void slack.faults.add({ method: 'chat.update', effect: { kind: 'ratelimited', retryAfter: 1 }, times: 3 }),
  },
  optimizer: {
    knob: value => ({
      id: 'optimizer',
      group: 'Faults',
      label: 'Compute Optimizer',
      kind: 'select',
      options: [
        { value: 'answers', label: 'Answers' },
        { value: 'fails', label: 'Fails in eu-west-1' },
        { value: 'throttles', label: 'Throttles 5 calls' },
        { value: 'everywhere', label: 'Staging is opted in, too' },
      ],
      value: value ?? 'answers',
      hint: 'Staging is not opted in',
    }),
    turn: value => {
      aws.advice.enrol(staging.account, { status: value === 'everywhere' ? 'Active' : 'Inactive' })
      const service = 'compute-optimizer'
      if (value === 'throttles')
        aws.faults.add({ match: { service }, when: 'before', effect: { kind: 'throttle' }, times: 5 })
      if (value === 'fails')
        aws.faults.add({
          match: { service, region: 'eu-west-1' },
          when: 'before',
          effect: { kind: 'error', code: 'ServiceUnavailableException', message: '', status: 503 },
          times: 20,
        })
    },
  },
  twice: {
    knob: value => ({
      id: 'twice',
      group: 'Faults',
      label: 'Asynchronous events are delivered',
      kind: 'select',
      options: [
        { value: 'once', label: 'Once' },
        { value: 'twice', label: 'Twice' },
      ],
      value: value ?? 'once',
    }),
    turn: value => {
      functions.deliversTwice = new Set(value === 'twice' ? ['quarterdeck-query', 'quarterdeck-decision'] : [])
    },
  },
})
