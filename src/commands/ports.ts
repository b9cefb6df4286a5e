// The doors to the outside. Commands know of readers alone; a writer is only in the hands of the interpreter,
// interpreter.ts. A command that would write does not compile.

import type { Identity } from '../engine/rules/asker.ts'
import type { Config } from '../engine/rules/config.ts'
import type { RuleInputPorts } from '../engine/rules/load-rule-inputs.ts'
import type { Readers } from './readers.ts'

/** What every function behind ingress has at hand. `purpose`: an operation's id, or `query`. */
export type Ports = RuleInputPorts & {
  readonly config: () => Promise<Config>
  /** Reads as this person's viewer role. */
  readonly readers: (config: Config, who: Identity, purpose: string) => Readers
}
