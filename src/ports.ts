// The doors to the outside. Commands know of readers alone; a writer is only in the hands of the interpreter,
// execution.ts. A command that would write does not compile.
import type { Config } from './config.ts'
import type { FactPorts } from './facts.ts'
import type { Schedule } from './gateways/scheduler.ts'
import type { JsonObject } from './json.ts'
import type { TaskTarget } from './log-target.ts'
import type { LiveTail, LogAnswer, LogQuery, LogTasks } from './logs.ts'
import type {
  Actor,
  Autoscaling,
  FargateRoom,
  ProtectedTask,
  ScalingActivity,
  Service,
  ServiceRef,
  StoppedTask,
} from './model.ts'
import type { Call, OwnCall, Plan } from './plan.ts'
import type { Provenance } from './provenance.ts'
import type { Undone } from './template-line.ts'

export type Readers = {
  /** Every service that the configuration names, in the accounts, regions and clusters that can be read. */
  readonly services: () => Promise<readonly ServiceRef[]>
  /** The service as it is now; undefined when there is none of that name. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Why the halt switch of the service's own account and region says no, if it does. */
  readonly halted: (ref: ServiceRef) => Promise<string | undefined>
  /** Tasks of the service that stopped within the last hour, the newest first, at most 100. */
  readonly stoppedTasks: (ref: ServiceRef) => Promise<readonly StoppedTask[]>
  /** Tasks of the service that scale-in may not stop. */
  readonly protectedTasks: (ref: ServiceRef) => Promise<readonly ProtectedTask[]>
  /** The service's scalable target with its policies and schedules; undefined when it has none. */
  readonly autoscaling: (ref: ServiceRef) => Promise<Autoscaling | undefined>
  /** Who else manages the service, and which line there will undo a change of `undone`; undefined when nobody is known to. */
  readonly managedBy: (ref: ServiceRef, tags: Service['tags'], undone?: Undone) => Promise<Provenance | undefined>
  /** What Fargate on demand has room for in the service's account and region; undefined when nobody may know. */
  readonly fargate: (ref: ServiceRef) => Promise<FargateRoom | undefined>
  /** What autoscaling did, or why it did not, the newest first, at most ten. */
  readonly scalingActivities: (ref: ServiceRef) => Promise<readonly ScalingActivity[]>
  /** Tasks that run or stopped within the last hour, at most 100 of each, and where their containers write. */
  readonly logTasks: (ref: ServiceRef) => Promise<LogTasks>
  /** Lines of some streams, or of a whole group. */
  readonly logLines: (ref: Pick<ServiceRef, 'accountId' | 'service'>, query: LogQuery) => Promise<LogAnswer>
  /** Lines as they arrive; undefined where there can be no session. */
  readonly liveTail: (
    ref: Pick<ServiceRef, 'accountId'>,
    query: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter'>,
  ) => Promise<LiveTail | undefined>
  /** The services that a task is of: one, or none; and the accounts that did not answer. */
  readonly servicesOfTask: (task: TaskTarget) => Promise<FoundServices>
}

export type FoundServices = { readonly refs: readonly ServiceRef[]; readonly silent: readonly string[] }

export type Answer = { readonly requestId: string; readonly output: JsonObject }

export type Writer = (call: Exclude<Call, OwnCall>) => Promise<Answer>

/** A person as AWS will see them: the corporate id becomes the source identity. */
export type Identity = { readonly actor: Actor; readonly corporateId: string }

/** What every function behind ingress has at hand. `purpose`: an operation's id, or `query`. */
export type Ports = FactPorts & {
  readonly config: () => Promise<Config>
  /** Reads as this person's viewer role. */
  readonly readers: (config: Config, who: Identity, purpose: string) => Readers
}

/** What a writer may be used for: this plan, as this person, with these people's consent. */
export type Mandate = {
  readonly plan: Plan
  readonly who: Identity
  readonly approvers: readonly string[]
  readonly operation: string
  /** `revert`: puts back what a lease held, whatever the actor's access is by then. */
  readonly role: 'operator' | 'revert'
}

export type OperationPorts = Ports & {
  readonly writer: (config: Config, mandate: Mandate) => Promise<Writer>
  readonly schedule: Schedule
}
