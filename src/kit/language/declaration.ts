// The declaration of a command as data: its name, arguments, options and examples.

import type { KindName } from './grammar.ts'

/** `alone`: what an option means without a value. `hidden`: for buttons only; help, usage and forms leave it out. */
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
