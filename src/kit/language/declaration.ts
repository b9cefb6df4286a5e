// The declaration of a command as data: its name, arguments, options and examples.

import type { KindName } from './grammar.ts'

/**
 * The declaration of an argument or option. `alone`: the value of an option that is given without a value. `hidden`:
 * used only by buttons; help, usage and forms omit it.
 */
export type Spec = {
  readonly kind: KindName
  readonly optional?: true
  readonly hint?: string
  readonly alone?: string
  readonly hidden?: true
}

/** Argument and option declarations, keyed by argument or option name. */
export type Specs = Readonly<Record<string, Spec>>

/** A command declaration. It suffices to parse a line, print help and build a form, and contains no code. */
export type Declaration = {
  readonly kind: 'query' | 'mutation' | 'setting' | 'help'
  readonly name: string
  readonly summary: string
  readonly args: Specs
  readonly options: Specs
  readonly examples: readonly string[]
}
