// Pure: evaluates the container instances of a service: their state, and how many more of its tasks fit on each.
import type { Host, RunningTask } from '../../model/service-detail.ts'

/**
 * The kind of machine: managed by the customer (EC2), managed by AWS (managed instances), or outside AWS (ECS
 * Anywhere).
 */
export type HostKind = 'ec2' | 'managed' | 'external'

export type HostState = Host & {
  readonly kind: HostKind
  /** The number of this service's tasks on the instance. */
  readonly tasks: number
  /** The number of further tasks of this service that fit, by CPU and memory; 0 if the instance accepts no tasks. */
  readonly fits: number
  /** When the AMI was created, ISO 8601; absent if the AMI was deleted or is not readable. */
  readonly amiMade?: string
}

/** The ARNs of the container instances that run these tasks. Those with the most tasks come first. */
export const hostsOf = (tasks: readonly RunningTask[]): readonly string[] => {
  const counts = new Map<string, number>()
  for (const { host } of tasks) if (host !== undefined) counts.set(host, (counts.get(host) ?? 0) + 1)
  return [...counts].toSorted(([, many], [, more]) => more - many).map(([host]) => host)
}

export const hostStates = (
  hosts: readonly Host[],
  tasks: readonly RunningTask[],
  made: ReadonlyMap<string, string>,
): readonly HostState[] =>
  hosts
    .map(host => {
      const ofService = tasks.filter(task => task.host === host.arn)
      const amiMade = made.get(host.ami ?? '')
      return {
        ...host,
        kind: kindOf(host, ofService),
        tasks: ofService.length,
        fits: fitting(host, tasks[0]?.needs),
        ...(amiMade !== undefined && { amiMade }),
      }
    })
    .toSorted((a, b) => rank(a) - rank(b) || (a.instance < b.instance ? -1 : 1))

/** The sort rank of a container instance. Those with a problem come first. */
const rank = ({ isConnected, status }: Host): number => (isConnected ? (status === 'ACTIVE' ? 2 : 1) : 0)

/**
 * The kind of a container instance. Systems Manager names machines outside EC2 `mi-…` (ECS API reference,
 * ContainerInstance).
 */
const kindOf = ({ instance }: Host, tasks: readonly RunningTask[]): HostKind => {
  if (instance.startsWith('mi-')) return 'external'
  return tasks.some(({ launchType }) => launchType === 'MANAGED_INSTANCES') ? 'managed' : 'ec2'
}

const fitting = ({ left, status, isConnected }: Host, needs: RunningTask['needs'] | undefined): number => {
  if (needs === undefined || status !== 'ACTIVE' || !isConnected) return 0
  const times = (room: number, each: number) => (each > 0 ? Math.floor(room / each) : Number.POSITIVE_INFINITY)
  const fits = Math.min(times(left.cpu, needs.cpu), times(left.memory, needs.memory))
  return Number.isFinite(fits) ? Math.max(0, fits) : 0
}
