// Knobs of ECS Exec for orders-api: the exec agent, the image's shell, and the connection.

import { HUB, type Sandbox } from '../sandbox.ts'
import { hasShell } from '../ssm/container.ts'
import { isOver } from '../ssm/sessions.ts'
import { fair, type Weather } from '../ssm/weather.ts'
import type { Service, Task } from '../world/state.ts'
import type { Turn } from './knob.ts'

const STATES = [
  { value: 'works', label: 'works' },
  { value: 'off', label: 'was off when they were started' },
  { value: 'stopped', label: 'has an agent that stopped' },
  { value: 'shell-less', label: 'finds no shell' },
] as const

const WEATHERS: readonly { readonly value: string; readonly label: string; readonly made: Partial<Weather> }[] = [
  { value: 'fair', label: 'holds', made: {} },
  { value: 'loss', label: 'loses every tenth frame', made: { loss: 0.1 } },
  { value: 'chaos', label: 'doubles and swaps frames', made: { duplication: 0.2, reordering: 0.2 } },
  { value: 'cuts', label: 'is cut five times', made: { cuts: 5, cutEvery: 4 } },
  { value: 'silence', label: 'ends without a word', made: { hidesEnd: true } },
]

const STOPPED = { lastStatus: 'STOPPED', reason: 'The agent has exited' } as const

const group = 'ECS Exec'

export const execKnobs = ({ fleet, aws: { exec } }: Sandbox): Record<string, Turn> => {
  const orders = (): Service | undefined => fleet.site(HUB).clusters.get('web')?.services.get('orders-api')
  const set = (task: Task, state: string): void => {
    task.executeCommand = state !== 'off'
    if (state === 'stopped') task.execAgent = STOPPED
    else delete task.execAgent
  }
  return {
    'exec-state': {
      knob: value => ({
        id: 'exec-state',
        group,
        label: 'In the tasks of orders-api, it',
        kind: 'select',
        options: STATES,
        value: value ?? 'works',
        hint: 'In those that run now; tasks that are started later are as the service says',
      }),
      turn: state => {
        const service = orders()
        if (service === undefined || STATES.every(({ value }) => value !== state)) return
        for (const task of service.tasks) set(task, state)
        exec.hasShell = container =>
          hasShell(container) && (state !== 'shell-less' || container.task.service !== service)
      },
    },
    'exec-weather': {
      knob: value => ({
        id: 'exec-weather',
        group,
        label: 'The line of the next sessions',
        kind: 'select',
        options: WEATHERS.map(({ value, label }) => ({ value, label })),
        value: value ?? 'fair',
        hint: 'Nothing of what they print is lost, whatever it does; or it is said that something may be',
      }),
      turn: chosen => {
        const found = WEATHERS.find(({ value }) => value === chosen)
        if (found !== undefined) exec.weather = () => ({ ...fair(), ...found.made })
      },
    },
    'exec-cut': {
      knob: () => ({
        id: 'exec-cut',
        group,
        label: 'Cut the sockets of open sessions',
        kind: 'button',
        hint: 'They resume, and miss nothing',
      }),
      turn: () => {
        for (const session of exec.sessions.list()) if (!isOver(session)) session.channel.cut()
      },
    },
  }
}
