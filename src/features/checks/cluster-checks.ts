// The checks of a cluster. Source of the ids ECS.n: Security Hub user guide, ecs-controls.
import type { Check } from './check.ts'
import type { ClusterPosture } from './posture.ts'

export const clusterChecks: readonly Check<ClusterPosture>[] = [
  {
    id: 'ECS.12',
    severity: 'medium',
    title: 'Container Insights is off',
    why: 'CPU, memory and restarts of single tasks are not recorded, so an incident cannot be analyzed later.',
    fix: 'Set the cluster’s `containerInsights` to `enhanced` or `enabled`; CloudWatch charges for it.',
    seen: ({ insights }) =>
      ['enabled', 'enhanced'].includes(insights) ? [] : [`\`containerInsights\` is \`${insights}\``],
  },
  {
    id: 'ECS.19',
    severity: 'medium',
    title: 'Scale-in may terminate instances that run tasks',
    why: 'Without managed termination protection, the Auto Scaling group ends tasks in the middle of their work.',
    fix: 'Turn on managed termination protection and the group’s scale-in protection.',
    seen: ({ unprotectedProviders }) => unprotectedProviders.map(name => `\`${name}\``),
  },
  {
    id: 'unlogged-exec',
    severity: 'medium',
    title: 'ECS Exec sessions are not logged',
    why: 'CloudTrail records that someone opened a session, but not what they did in it.',
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
    why: 'Its owner is unknown, and rules and costs by tag do not cover it.',
    fix: 'Tag it with `aws ecs tag-resource`, and in the template that creates it.',
    seen: ({ tags }) => (tags.length === 0 ? ['no tags'] : []),
  },
]

const some = (names: readonly string[]): string =>
  `${names
    .slice(0, 3)
    .map(name => `\`${name}\``)
    .join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
