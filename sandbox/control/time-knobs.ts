// Controls for world time: its speed, and a jump ahead.
import type { Sandbox } from '../sandbox.ts'
import type { Turn } from './knob.ts'

const SPEEDS = ['1', '5', '10', '20', '60', '300']

export const timeKnobs = ({ clock }: Sandbox): Record<string, Turn> => ({
  speed: {
    knob: () => ({
      id: 'speed',
      group: 'Time',
      label: 'World seconds per second',
      kind: 'select',
      options: SPEEDS.map(value => ({ value, label: `× ${value}` })),
      value: String(clock.speed),
    }),
    turn: value => {
      if (Number(value) > 0) clock.speed = Number(value)
    },
  },
  leap: {
    knob: () => ({
      id: 'leap',
      group: 'Time',
      label: 'Advance 10 Minutes',
      kind: 'button',
      hint: 'Runs everything that becomes due, in order',
    }),
    turn: () => clock.advance(600_000),
  },
})
