// The doors to the outside. Commands know of readers alone; a writer is only in the hands of the interpreter,
// execution.ts. A command that would write does not compile.
import type { ClusterPosture, DefinitionPosture, ImageScan, RunningTask, ServicePosture } from './checks/posture.ts'
import type { Config } from './config.ts'
import type { Identity } from './engine/rules/asker.ts'
import type { LiveSession } from './exec/live.ts'
import type { ExecSite } from './exec/site.ts'
import type { TaskRole } from './exec/task-role.ts'
import type { FactPorts } from './facts.ts'
import type { Counts } from './fleet.ts'
import type { LiveTail, LogAnswer, LogQuery, LogTasks } from './logs.ts'
import type { Account } from './model/account.ts'
import type {
  Autoscaling,
  ChangeAtAws,
  FargateRoom,
  ProtectedTask,
  ScalingActivity,
  Service,
  ServiceRef,
  StoppedTask,
  TaskOwner,
} from './model.ts'
import type { Provenance } from './provenance.ts'
import type { ServiceIndex, Spot, TagShard } from './service-index.ts'
import type {
  AlarmState,
  DeploymentRecord,
  Host,
  RunningTasks,
  ServiceDetail,
  ServiceRevision,
  TargetHealth,
  TaskDefinition,
  Traffic,
} from './service-state.ts'
import type { ImageLoading } from './soci.ts'
import type { Undone } from './template-line.ts'
import type { Usage } from './usage.ts'

export type Readers = {
  /** Every service of the accounts and regions that the configuration names, as the service index has them. */
  readonly index: () => Promise<ServiceIndex>
  /** Every service of one account and region, asked of ECS: what fills the index. */
  readonly servicesIn: (account: Account, region: string) => Promise<readonly ServiceRef[]>
  /** Their tags by `cluster/service`, all of them at once: what fills the index. */
  readonly tagsIn: (account: Account, region: string) => Promise<TagShard['tags']>
  /** The service as it is now; undefined when there is none of that name. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Why the halt switch of the service's own account and region says no, if it does. */
  readonly halted: (ref: ServiceRef) => Promise<string | undefined>
  /** Tasks of this service's cluster with this id, or whose id begins so, that run or stopped within the last hour; the first thousand of each are looked at. */
  readonly taskOwners: (ref: ServiceRef, id: string) => Promise<readonly TaskOwner[]>
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
  /** Who asked AWS last for this about the service since then, ISO 8601; known some minutes later. Never fails. */
  readonly changedAtAws: (
    ref: ServiceRef,
    action: 'RegisterScalableTarget' | 'UpdateService',
    since: string,
  ) => Promise<ChangeAtAws | undefined>
  /** Tasks that run or stopped within the last hour, at most 100 of each, and where their containers write. */
  readonly logTasks: (ref: ServiceRef) => Promise<LogTasks>
  /** Lines of some streams, or of a whole group. */
  readonly logLines: (ref: Pick<ServiceRef, 'accountId' | 'service'>, query: LogQuery) => Promise<LogAnswer>
  /** Lines as they arrive; undefined where there can be no session. */
  readonly liveTail: (
    ref: Pick<ServiceRef, 'accountId'>,
    query: Pick<LogQuery, 'group' | 'region' | 'streams' | 'filter'>,
  ) => Promise<LiveTail | undefined>
  /** Tasks that are to run, at most 100, with what is to be known before a command runs in one. */
  readonly execSite: (ref: ServiceRef) => Promise<ExecSite>
  /** What a task role may do, and lacks for the sessions of its cluster. What cannot be read is said in the answer. */
  readonly taskRole: (ref: ServiceRef, roleArn: string, site: Omit<ExecSite, 'tasks'>) => Promise<TaskRole>
  /** Which of WAYS a subnet's network has an endpoint of its own for; undefined where nobody may know. */
  readonly endpoints: (ref: ServiceRef, subnet: string) => Promise<readonly string[] | undefined>
  /** Sessions that are open in containers of services. */
  readonly execSessions: (account: Account, region: string) => Promise<readonly LiveSession[]>
  /** As `service`, with what only people who look at it want to know. */
  readonly serviceDetail: (ref: ServiceRef) => Promise<ServiceDetail | undefined>
  /** Tasks that are to run, at most 500, in two calls a hundred. */
  readonly runningTasks: (ref: ServiceRef) => Promise<RunningTasks>
  readonly deployment: (ref: ServiceRef, arn: string) => Promise<DeploymentRecord | undefined>
  /** The newest first; ECS keeps 90 days. `most`: at most 20. */
  readonly deployments: (ref: ServiceRef, most: number) => Promise<readonly DeploymentRecord[]>
  /** At most 20. */
  readonly revisions: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly ServiceRevision[]>
  /** Container instances, by ARN: the first hundred. */
  readonly hosts: (ref: ServiceRef, arns: readonly string[]) => Promise<readonly Host[]>
  /** When machine images were made, ISO 8601, by their id; those that are gone are left out. */
  readonly imagesMade: (ref: ServiceRef, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** A task definition by its ARN, or by `orders-api:6`; undefined when there is none. */
  readonly definition: (ref: ServiceRef, name: string) => Promise<TaskDefinition | undefined>
  /** Those of these names that are there. */
  readonly alarms: (ref: ServiceRef, names: readonly string[]) => Promise<readonly AlarmState[]>
  /** Of target groups, by ARN: at most five. */
  readonly targetHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** The same of VPC Lattice's. */
  readonly latticeHealth: (ref: ServiceRef, groups: readonly string[]) => Promise<readonly TargetHealth[]>
  /** By ARN, as far as CloudWatch counts their tasks; and what could not be read. */
  readonly counts: (
    refs: readonly ServiceRef[],
    now: string,
  ) => Promise<{ readonly counts: ReadonlyMap<string, Counts>; readonly unread: readonly string[] }>
  /** Through Service Connect, by each of these names. */
  readonly traffic: (ref: ServiceRef, names: readonly string[], now: string) => Promise<readonly Traffic[]>
  /** CPU and memory of the last hours, until `now`. */
  readonly usage: (ref: ServiceRef, now: string) => Promise<Usage>
  /** How many requests to AWS this took so far, by action. */
  readonly calls: () => Readonly<Record<string, number>>
  /** At most a hundred clusters of one account and region, in one or two calls. */
  readonly clusterPostures: (
    spot: Spot & { readonly account: string },
    clusters: readonly string[],
  ) => Promise<readonly Omit<ClusterPosture, 'execServices'>[]>
  /** Services of one cluster, ten a call; those that are gone are left out. */
  readonly servicePostures: (cluster: ServiceRef, services: readonly ServiceRef[]) => Promise<readonly ServicePosture[]>
  readonly definitionPosture: (service: Pick<ServicePosture, 'ref' | 'definition'>) => Promise<DefinitionPosture>
  /** Of a whole cluster, or of one service in it: the first 500. */
  readonly tasksIn: (
    cluster: ServiceRef,
    service?: string,
  ) => Promise<{ readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }>
  /** How an image of ECR is loaded; undefined of others, and of those that are gone. */
  readonly imageLoading: (running: {
    readonly image: string
    readonly digest: string
  }) => Promise<ImageLoading | undefined>
  /** What ECR's scan found in an image; `image` as the task names it, `digest` what runs. */
  readonly imageScan: (running: { readonly image: string; readonly digest: string }) => Promise<ImageScan>
  /** Those of these log groups that keep everything for good, fifty a call. */
  readonly endlessLogs: (spot: Spot, groups: readonly string[]) => Promise<readonly string[]>
}

/** What every function behind ingress has at hand. `purpose`: an operation's id, or `query`. */
export type Ports = FactPorts & {
  readonly config: () => Promise<Config>
  /** Reads as this person's viewer role. */
  readonly readers: (config: Config, who: Identity, purpose: string) => Readers
}
