// What a command says of itself as data: its name, arguments, options and examples.

import type { KindName } from './grammar.ts'

export type Spec = { readonly kind: KindName; readonly optional?: true; readonly hint?: string }

export type Specs = Readonly<Record<string, Spec>>

/** What the registry's JSON says of a command: enough to parse, to help and to build a modal; no code. */
export type Declaration = {
  readonly kind: 'query' | 'mutation' | 'setting' | 'help'
  readonly name: string
  readonly summary: string
  readonly args: Specs
  readonly options: Specs
  readonly examples: readonly string[]
}
