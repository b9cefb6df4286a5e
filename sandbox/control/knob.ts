// The type of a control of the World panel (a knob), and the parsing of its input.

import type { Knob } from '../page/ui/wire.ts'

export type Turn = {
  readonly knob: (value: string | number | undefined) => Knob
  readonly turn: (value: string) => void
  value?: string | number
}

/** Parses a task count that a person typed. */
export const countFrom = (text: string): number | undefined => {
  const count = Number(text)
  return Number.isInteger(count) && count >= 0 && count <= 5_000 ? count : undefined
}
