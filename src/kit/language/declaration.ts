// The declaration of a command as data: its name, arguments, options and examples.

import type { KindName } from './grammar.ts'

export type Spec = { readonly kind: KindName; readonly optional?: true; readonly hint?: string }

/** By the name of the argument or option. */
export type Specs = Readonly<Record<string, Spec>>

/** Enough to parse a line, to print help and to build a form; contains no code. */
export type Declaration = {
  readonly kind: 'query' | 'mutation' | 'setting' | 'help'
  readonly name: string
  readonly summary: string
  readonly args: Specs
  readonly options: Specs
  readonly examples: readonly string[]
}
