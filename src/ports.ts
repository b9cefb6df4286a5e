// The two doors to AWS that commands know of: readers, which every command gets, and the writer, which only the
// interpreter in operation.ts holds. A command that would write does not compile.
import type { JsonObject } from './json.ts'
import type { Service, ServiceRef, StoppedTask } from './model.ts'
import type { Call } from './plan.ts'

export type Readers = {
  /** Every service that the configuration names, in the accounts, regions and clusters that can be read. */
  readonly services: () => Promise<readonly ServiceRef[]>
  /** The service as it is now; undefined when there is none of that name. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Tasks of the service that stopped within the last hour, the newest first, at most 100. */
  readonly stoppedTasks: (ref: ServiceRef) => Promise<readonly StoppedTask[]>
}

export type Answer = { readonly requestId: string; readonly output: JsonObject }

export type Writer = (call: Call) => Promise<Answer>
