// What can be wrong with a service and what it runs. Source of ECS.n: Security Hub user guide, ecs-controls.
import type { Check } from './check.ts'
import type { RunningTask, Workload } from './posture.ts'

/** The newest platform version, by Security Hub's control. */
const NEWEST = { linux: '1.4.0', windows: '1.0.0' } as const

const isOld = ({ service: { platform }, definition: { isWindows } }: Workload): boolean =>
  platform !== undefined && !['LATEST', isWindows ? NEWEST.windows : NEWEST.linux].includes(platform)

/** Containers of the running revision whose tasks do not all have the same image. */
const differing = ({ tasks, definition }: Workload): readonly string[] =>
  definition.containers.flatMap(({ name }) => {
    const digests = new Set(
      tasks.filter(task => task.definition === definition.name).flatMap(task => digestsOf(task, name)),
    )
    return digests.size > 1 ? [`\`${name}\` runs ${digests.size} images`] : []
  })

const digestsOf = ({ containers }: RunningTask, name: string): readonly string[] =>
  containers.flatMap(container => (container.name === name && container.digest !== undefined ? [container.digest] : []))

const zonesOf = ({ tasks }: Workload): ReadonlySet<string> => new Set(tasks.map(({ zone }) => zone))

const isAllSpot = ({ service: { providers } }: Workload): boolean =>
  providers.length > 0 && providers.every(name => name === 'FARGATE_SPOT')

export const serviceChecks: readonly Check<Workload>[] = [
  {
    id: 'ECS.2',
    severity: 'high',
    title: 'Tasks have public addresses',
    why: 'They are reachable from the internet as far as their security groups let anyone.',
    fix: 'Set `assignPublicIp: DISABLED`; then they need private subnets with NAT or VPC endpoints to pull images and write logs.',
    seen: ({ service: { hasPublicIp } }) => (hasPublicIp ? ['`assignPublicIp` is `ENABLED`'] : []),
  },
  {
    id: 'ECS.16',
    severity: 'high',
    title: 'Tasks of a task set have public addresses',
    why: 'They are reachable from the internet as far as their security groups let anyone.',
    fix: 'Create the task set with `assignPublicIp: DISABLED`.',
    seen: ({ service: { publicTaskSets } }) => publicTaskSets.map(id => `\`${id}\``),
  },
  {
    id: 'ECS.10',
    severity: 'medium',
    title: 'The platform version of Fargate is old',
    why: 'It no longer gets what makes newer ones safer.',
    fix: 'Set `platformVersion: LATEST`, and deploy.',
    seen: workload => (isOld(workload) ? [`platform version \`${workload.service.platform}\``] : []),
  },
  {
    id: 'no-circuit-breaker',
    severity: 'medium',
    title: 'A deployment that fails goes on for ever',
    why: 'Without the circuit breaker ECS starts broken tasks again and again, and nothing goes back.',
    fix: 'Switch on `deploymentCircuitBreaker`, with its rollback.',
    seen: ({ service: { hasCircuitBreaker } }) => (hasCircuitBreaker === false ? ['the circuit breaker is off'] : []),
  },
  {
    id: 'spot-alone',
    severity: 'medium',
    title: 'A single task runs on Spot alone',
    why: 'When AWS takes it back, two minutes after it says so, nothing is left until another one starts, if one does.',
    fix: 'Run two, or give the strategy a base of one on `FARGATE`.',
    seen: workload =>
      isAllSpot(workload) && workload.service.desired === 1 ? ['one task, all of it on `FARGATE_SPOT`'] : [],
  },
  {
    id: 'one-zone',
    severity: 'medium',
    title: 'All tasks run in one availability zone',
    why: 'When that zone fails, all of them do.',
    fix: 'Give it subnets in several zones, and switch on availability zone rebalancing.',
    seen: workload => {
      const [zone, ...more] = zonesOf(workload)
      const { length } = workload.tasks
      return length > 1 && zone !== undefined && more.length === 0 ? [`all ${length} in \`${zone}\``] : []
    },
  },
  {
    id: 'different-images',
    severity: 'medium',
    title: 'Tasks of one revision run different images',
    why: 'The tag was moved between their starts: they do not all do the same.',
    fix: 'Restart the service to have one image, then name it by its digest.',
    seen: differing,
  },
  {
    id: 'no-health-check',
    severity: 'medium',
    title: 'Nothing tells whether a task is well',
    why: 'Without a load balancer or a health check, a program that hangs is running for ECS.',
    fix: 'Register a revision with a `healthCheck` for an essential container.',
    seen: ({ service: { isBalanced }, definition: { name, containers } }) =>
      isBalanced || containers.some(({ hasHealthCheck }) => hasHealthCheck) ? [] : [`\`${name}\``],
  },
  {
    id: 'exec-cannot-work',
    severity: 'low',
    title: 'ECS Exec is on where it cannot work',
    why: 'Its agent has to write to the root file system, which is read-only: who needs it in an incident will not get in.',
    fix: 'Switch ECS Exec off, or let that container write.',
    seen: ({ service: { hasExec }, definition: { containers } }) =>
      hasExec
        ? containers.filter(({ isRootReadOnly }) => isRootReadOnly).map(({ name }) => `\`${name}\` is read-only`)
        : [],
  },
  {
    id: 'endless-logs',
    severity: 'low',
    title: 'Logs are kept for ever',
    why: 'They cost more each month, and hold what people wrote in them for longer than anybody may need it.',
    fix: 'Give the group a retention with `aws logs put-retention-policy`.',
    seen: ({ endlessLogs }) => endlessLogs.map(name => `\`${name}\``),
  },
  {
    id: 'ECS.13',
    severity: 'low',
    title: 'The service has no tags',
    why: 'Nobody can tell whose it is, and rules and costs by tag pass it by.',
    fix: 'Tag it with `aws ecs tag-resource`, and let whatever creates it do so.',
    seen: ({ service: { tags } }) => (tags.length === 0 ? ['no tags'] : []),
  },
]
