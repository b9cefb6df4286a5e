// The checks of a service and its tasks. Source of the ids ECS.n: Security Hub user guide, ecs-controls.
import type { Check } from './check.ts'
import type { RunningTask, Workload } from './posture.ts'

/** The newest Fargate platform versions according to Security Hub's control ECS.10. */
const NEWEST = { linux: '1.4.0', windows: '1.0.0' } as const

const isOld = ({ service: { platform }, definition: { isWindows } }: Workload): boolean =>
  platform !== undefined && !['LATEST', isWindows ? NEWEST.windows : NEWEST.linux].includes(platform)

/** The containers for which tasks of the current revision run different images. */
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
    title: 'Tasks have public IP addresses',
    why: 'They are reachable from the internet, as far as their security groups allow.',
    fix: 'Set `assignPublicIp: DISABLED`, with NAT or VPC endpoints for image pulls and logs.',
    seen: ({ service: { hasPublicIp } }) => (hasPublicIp ? ['`assignPublicIp` is `ENABLED`'] : []),
  },
  {
    id: 'ECS.16',
    severity: 'high',
    title: 'Tasks of a task set have public IP addresses',
    why: 'They are reachable from the internet, as far as their security groups allow.',
    fix: 'Create the task set with `assignPublicIp: DISABLED`.',
    seen: ({ service: { publicTaskSets } }) => publicTaskSets.map(id => `\`${id}\``),
  },
  {
    id: 'ECS.10',
    severity: 'medium',
    title: 'The Fargate platform version is old',
    why: 'It misses the security updates of newer versions.',
    fix: 'Set `platformVersion: LATEST`, and deploy.',
    seen: workload => (isOld(workload) ? [`platform version \`${workload.service.platform}\``] : []),
  },
  {
    id: 'no-circuit-breaker',
    severity: 'medium',
    title: 'A failing deployment never ends',
    why: 'Without the circuit breaker, ECS keeps starting failing tasks and never rolls back.',
    fix: 'Turn on `deploymentCircuitBreaker` with `rollback`.',
    seen: ({ service: { hasCircuitBreaker } }) => (hasCircuitBreaker === false ? ['the circuit breaker is off'] : []),
  },
  {
    id: 'open-gate',
    severity: 'medium',
    title: 'A gate opens by itself',
    why: 'When nobody answers in time, the deployment goes on without approval.',
    fix: 'Set `timeoutConfiguration.action` of the PAUSE hook to `ROLLBACK`.',
    seen: ({ service: { openGates } }) => openGates.map(stage => `at \`${stage}\``),
  },
  {
    id: 'stuck-deployment',
    severity: 'medium',
    title: 'No deployment can move',
    why: 'ECS rounds the minimum of healthy tasks up and the maximum down: it can neither start a task nor stop one.',
    fix: 'Set `maximumPercent` to 200, or `minimumHealthyPercent` to 0.',
    seen: ({ service: { stuck } }) => (stuck === undefined ? [] : [stuck]),
  },
  {
    id: 'spot-alone',
    severity: 'medium',
    title: 'The only task runs on Spot',
    why: 'After a Spot interruption (two minutes’ notice) no task runs until another one starts, if one does.',
    fix: 'Run two, or give the strategy a base of one on `FARGATE`.',
    seen: workload => (isAllSpot(workload) && workload.service.desired === 1 ? ['one task, on `FARGATE_SPOT`'] : []),
  },
  {
    id: 'one-zone',
    severity: 'medium',
    title: 'All tasks run in one availability zone',
    why: 'If that zone fails, all of them fail.',
    fix: 'Add subnets in several zones, and turn on availability zone rebalancing.',
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
    why: 'The tag was moved between their starts, so tasks may behave differently.',
    fix: 'Restart the service to run one image, then reference it by digest.',
    seen: differing,
  },
  {
    id: 'no-health-check',
    severity: 'medium',
    title: 'Tasks have no health check',
    why: 'Without a load balancer or a health check, ECS treats a hanging application as running.',
    fix: 'Register a revision with a `healthCheck` for an essential container.',
    seen: ({ service: { isBalanced }, definition: { name, containers } }) =>
      isBalanced || containers.some(({ hasHealthCheck }) => hasHealthCheck) ? [] : [`\`${name}\``],
  },
  {
    id: 'exec-cannot-work',
    severity: 'low',
    title: 'ECS Exec is on but cannot work',
    why: 'Its agent must write to the root file system, which is read-only: sessions will fail in an incident.',
    fix: 'Turn ECS Exec off, or make that container’s root file system writable.',
    seen: ({ service: { hasExec }, definition: { containers } }) =>
      hasExec
        ? containers.filter(({ isRootReadOnly }) => isRootReadOnly).map(({ name }) => `\`${name}\` is read-only`)
        : [],
  },
  {
    id: 'endless-logs',
    severity: 'low',
    title: 'Logs never expire',
    why: 'They cost more each month, and keep personal data longer than needed.',
    fix: 'Set a retention period with `aws logs put-retention-policy`.',
    seen: ({ endlessLogs }) => endlessLogs.map(name => `\`${name}\``),
  },
  {
    id: 'ECS.13',
    severity: 'low',
    title: 'The service has no tags',
    why: 'Its owner is unknown, and rules and costs by tag do not cover it.',
    fix: 'Tag it with `aws ecs tag-resource`, and in the template that creates it.',
    seen: ({ service: { tags } }) => (tags.length === 0 ? ['no tags'] : []),
  },
]
