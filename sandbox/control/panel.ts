// The World panel: the log of AWS calls, and the controls (knobs) that change the simulated world or inject faults.
import type { Control, ControlSnapshot } from '../page/ui/wire.ts'
import type { Sandbox } from '../sandbox.ts'
import { viewCall } from './call-view.ts'
import { execKnobs } from './exec-knobs.ts'
import { faultKnobs } from './fault-knobs.ts'
import { fleetKnobs } from './fleet-knobs.ts'
import { imageKnobs } from './image-knobs.ts'
import type { Turn } from './knob.ts'
import { releaseKnobs } from './release-knobs.ts'
import { scalingKnobs } from './scaling-knobs.ts'
import { timeKnobs } from './time-knobs.ts'

const MOST_CALLS = 300

export const createPanel = (sandbox: Sandbox): Control => {
  const turns = new Map<string, Turn>(
    Object.entries({
      ...timeKnobs(sandbox),
      ...fleetKnobs(sandbox),
      ...imageKnobs(sandbox),
      ...scalingKnobs(sandbox),
      ...releaseKnobs(sandbox),
      ...execKnobs(sandbox),
      ...faultKnobs(sandbox),
    }),
  )
  const listeners = new Set<Parameters<Control['subscribe']>[0]>()
  const world = (): Omit<ControlSnapshot, 'calls'> => ({
    knobs: [...turns.values()].map(({ knob, value }) => knob(value)),
    time: sandbox.clock.now(),
    speed: sandbox.clock.speed,
  })
  sandbox.aws.callLog.subscribe(call => {
    for (const listener of listeners) listener({ kind: 'call', call: viewCall(call) })
  })
  return {
    snapshot: () => ({ calls: sandbox.aws.callLog.list().slice(-MOST_CALLS).map(viewCall), ...world() }),
    turn: (id, value) => {
      const found = turns.get(id)
      if (found === undefined) throw new Error(`Unknown control: ${id}`)
      if (value !== undefined) found.value = value
      found.turn(String(value ?? ''))
      for (const listener of listeners) listener({ kind: 'world', ...world() })
    },
    subscribe: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
