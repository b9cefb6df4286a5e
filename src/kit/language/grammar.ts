// The kinds of arguments: each parses text to a typed value or a problem, and prints the value as canonical text.

import type { Bounds, ScalingMetric } from '../../model/ecs.ts'
import type { ContainerSize } from '../../model/service-detail.ts'
import type { Moment } from '../../model/time.ts'
import { bounds } from './kinds/bounds.ts'
import { type Count, count, lines, page } from './kinds/count.ts'
import { type Direction, direction } from './kinds/direction.ts'
import { duration, instant, moment, since } from './kinds/duration.ts'
import type { Kind } from './kinds/kind.ts'
import { about, logs, place, revision, service, services, task } from './kinds/place.ts'
import { type ProblemKind, problems, type SubjectText, subject } from './kinds/problems.ts'
import { provider } from './kinds/provider.ts'
import { type SavingKind, saving } from './kinds/saving.ts'
import { cooldown, level, metric, policy, schedule, type When, when, zone } from './kinds/scaling.ts'
import { type SetText, set } from './kinds/set.ts'
import { severity } from './kinds/severity.ts'
import { cpu, memory, option, split } from './kinds/size.ts'
import { type StrategyText, strategy } from './kinds/strategy.ts'
import { container, hook, id, name, printed, session, shell, type Tag, tag, text, word } from './kinds/text.ts'
import { version } from './kinds/version.ts'
import type { LogTarget } from './log-target.ts'
import type { PlaceText } from './place.ts'
import type { Severity } from './severity.ts'
import type { Target } from './target.ts'

/** The type of the parsed value for each kind of argument. */
export type Values = {
  readonly service: Target
  /** One service, or a set of services: of a cluster or a team, with a tag, or that use a secret. */
  readonly set: Target | SetText
  readonly services: readonly Target[]
  readonly count: Count
  readonly text: string
  readonly word: string
  readonly flag: true
  /** A duration, in minutes. */
  readonly duration: number
  /** An account, a cluster or a service, as typed; the command resolves it later. */
  readonly scope: PlaceText
  /** An account, a cluster or a service. A query receives it already resolved. */
  readonly place: PlaceText
  /** A service, or the id of an operation. */
  readonly about: string
  readonly bounds: Bounds
  readonly direction: Direction
  /** The id of an operation, or its first characters. */
  readonly id: string
  /** The id of a session in a container. */
  readonly session: string
  /** The id of a lifecycle hook of a deployment. */
  readonly hook: string
  /** The id of a problem or an incident. */
  readonly printed: string
  readonly lines: number
  /** A page number, starting at 1. */
  readonly page: number
  readonly container: string
  /** The id of a task, or its first characters. */
  readonly task: string
  readonly name: string
  readonly tag: Tag
  /** The target of a log command: a service, a task or a log group. */
  readonly logs: LogTarget
  readonly moment: Moment
  /** A time in the past, in the asker's zone or with its own. */
  readonly instant: Moment
  /** How far back, in minutes, or from which time. */
  readonly since: number | Moment
  /** A shell command: the text after a lone `--`. */
  readonly shell: string
  readonly severity: Severity
  /** What a subscription is about, as typed. */
  readonly subject: SubjectText
  readonly problems: readonly ProblemKind[]
  /** A way to save money. */
  readonly saving: SavingKind
  /** A revision: `orders-api:6`, `6`, or the id of a service revision. */
  readonly revision: string
  /** What a deployment runs: a tag, an image or a task definition. */
  readonly version: string
  /** The full name of a capacity provider. */
  readonly provider: string
  /** A capacity provider strategy: the last argument, of several words. */
  readonly strategy: StrategyText
  readonly when: When
  /** The IANA name of a time zone. */
  readonly zone: string
  readonly metric: ScalingMetric
  /** The target of a scaling policy: percent, or requests per task and minute. */
  readonly level: number
  /** A cooldown, in seconds. */
  readonly cooldown: number
  /** The name of a scaling policy, or a metric. */
  readonly policy: string
  /** The name of a scheduled action. */
  readonly schedule: string
  /** CPU units: 1,024 are one vCPU. */
  readonly cpu: number
  /** Memory, in MiB. */
  readonly memory: number
  /** The share of each container in the CPU and memory of its task. */
  readonly split: readonly ContainerSize[]
  /** The number of a recommendation, starting at 1. */
  readonly option: number
}

export type KindName = keyof Values

export const kinds: { readonly [Name in KindName]: Kind<Values[Name]> } = {
  service,
  set,
  services,
  count,
  text,
  word,
  duration,
  scope: place,
  place,
  about,
  bounds,
  direction,
  id,
  session,
  hook,
  printed,
  lines,
  page,
  container,
  severity,
  subject,
  problems,
  saving,
  task,
  name,
  tag,
  logs,
  shell,
  revision,
  moment,
  instant,
  since,
  provider,
  strategy,
  when,
  zone,
  metric,
  level,
  cooldown,
  policy,
  schedule,
  cpu,
  memory,
  split,
  option,
  version,
  flag: { usage: '', example: '', parse: () => true, print: () => '' },
}
