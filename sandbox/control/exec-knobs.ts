// Controls for ECS Exec in orders-api: the state of the exec agent, whether the image has a shell, and the connection.

import { HUB, type Sandbox } from '../sandbox.ts'
import { hasShell } from '../ssm/container.ts'
import { isOver } from '../ssm/sessions.ts'
import { fair, type Weather } from '../ssm/weather.ts'
import type { Service, Task } from '../world/state.ts'
import type { Turn } from './knob.ts'

const STATES = [
  { value: 'works', label: 'Available' },
  { value: 'off', label: 'Not enabled when the tasks started' },
  { value: 'stopped', label: 'Agent stopped' },
  { value: 'shell-less', label: 'No shell in the image' },
] as const

const WEATHERS: readonly { readonly value: string; readonly label: string; readonly made: Partial<Weather> }[] = [
  { value: 'fair', label: 'Stable', made: {} },
  { value: 'loss', label: 'Loses 10 % of frames', made: { loss: 0.1 } },
  { value: 'chaos', label: 'Duplicates and reorders frames', made: { duplication: 0.2, reordering: 0.2 } },
  { value: 'cuts', label: 'Cut five times', made: { cuts: 5, cutEvery: 4 } },
  { value: 'silence', label: 'Closes without an end message', made: { hidesEnd: true } },
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
        label: 'ECS Exec in orders-api tasks',
        kind: 'select',
        options: STATES,
        value: value ?? 'works',
        hint: 'Applies to running tasks; new tasks follow the service definition',
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
        label: 'Connection of new sessions',
        kind: 'select',
        options: WEATHERS.map(({ value, label }) => ({ value, label })),
        value: value ?? 'fair',
        hint: 'No output is lost, or the outcome says that some may be',
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
        label: 'Cut Open Sessions',
        kind: 'button',
        hint: 'Closes their sockets; clients resume without losing output',
      }),
      turn: () => {
        for (const session of exec.sessions.list()) if (!isOver(session)) session.channel.cut()
      },
    },
  }
}
