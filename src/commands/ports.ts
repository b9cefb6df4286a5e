// The ports of all functions that run commands. None of them writes to AWS: only operation/interpreter.ts does.

import type { Identity } from '../engine/rules/asker.ts'
import type { Config } from '../engine/rules/config.ts'
import type { RuleInputPorts } from '../engine/rules/load-rule-inputs.ts'
import type { Readers } from './readers.ts'

/** The ports. `purpose`: an operation's id, or `query`. */
export type Ports = RuleInputPorts & {
  readonly config: () => Promise<Config>
  /** The configuration, at most a minute old: for reading roles and channels, never for deciding what a person may do. */
  readonly recentConfig: () => Promise<Config>
  /** Creates readers that use the viewer role on behalf of a person. */
  readonly readers: (config: Config, who: Identity, purpose: string) => Readers
}
