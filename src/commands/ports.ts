// The ports of every function that runs commands. They have no writer: only operation/interpreter.ts writes to AWS.

import type { Identity } from '../engine/rules/asker.ts'
import type { Config } from '../engine/rules/config.ts'
import type { RuleInputPorts } from '../engine/rules/load-rule-inputs.ts'
import type { Readers } from './readers.ts'

/** `purpose`: an operation's id, or `query`. */
export type Ports = RuleInputPorts & {
  readonly config: () => Promise<Config>
  /** Readers with this person's viewer role. */
  readonly readers: (config: Config, who: Identity, purpose: string) => Readers
}
