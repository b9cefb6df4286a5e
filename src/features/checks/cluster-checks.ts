// What can be wrong with a cluster. Source of ECS.n: Security Hub user guide, ecs-controls.
import type { Check } from './check.ts'
import type { ClusterPosture } from './posture.ts'

export const clusterChecks: readonly Check<ClusterPosture>[] = [
  {
    id: 'ECS.12',
    severity: 'medium',
    title: 'Container Insights is off',
    why: 'CPU, memory and restarts of single tasks are not measured, and cannot be looked at afterwards.',
    fix: 'Set the cluster’s `containerInsights` to `enhanced` or `enabled`; CloudWatch charges for it.',
    seen: ({ insights }) => (['enabled', 'enhanced'].includes(insights) ? [] : [`it is \`${insights}\``]),
  },
  {
    id: 'ECS.19',
    severity: 'medium',
    title: 'Scaling in may terminate instances on which tasks run',
    why: 'Without managed termination protection, the Auto Scaling group ends tasks in the middle of their work.',
    fix: 'Switch on managed termination protection, and the group’s protection from scale-in.',
    seen: ({ unprotectedProviders }) => unprotectedProviders.map(name => `\`${name}\``),
  },
  {
    id: 'unlogged-exec',
    severity: 'medium',
    title: 'What people do by ECS Exec is not logged',
    why: 'CloudTrail knows that somebody went into a container, and not what they did there.',
    fix: 'Set the cluster’s `executeCommandConfiguration.logging` to `OVERRIDE`, with a log group or a bucket.',
    seen: ({ execLogging, execServices }) =>
      execLogging === 'NONE' && execServices.length > 0
        ? [`logging is \`NONE\`, and ECS Exec is on for ${some(execServices)}`]
        : [],
  },
  {
    id: 'ECS.14',
    severity: 'low',
    title: 'The cluster has no tags',
    why: 'Nobody can tell whose it is, and rules and costs by tag pass it by.',
    fix: 'Tag it with `aws ecs tag-resource`, and let whatever creates it do so.',
    seen: ({ tags }) => (tags.length === 0 ? ['no tags'] : []),
  },
]

const some = (names: readonly string[]): string =>
  `${names
    .slice(0, 3)
    .map(name => `\`${name}\``)
    .join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
