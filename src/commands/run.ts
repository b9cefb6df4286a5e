// /ecs run: runs one command in a standalone task from the revision that runs, such as a migration.

import { TAG_READS } from '../features/deployments/image-tags.ts'
import { loadRun, type RunState } from '../features/exec/load-run.ts'
import { planRun } from '../features/exec/plan-run.ts'
import { mutation } from './command.ts'

export const run = mutation({
  name: 'run',
  summary: 'Run a command once in a new task of a service, such as a migration',
  args: {
    service: { kind: 'service' },
    run: { kind: 'shell', optional: true, hint: 'any other command line, for the container’s shell' },
  },
  options: { container: { kind: 'container', hint: 'container name' } },
  examples: ['run orders-api --reason "PAY-311 backfill" -- ./backfill --since 2026-11-01'],
  reads: [
    ...TAG_READS,
    'ecs:DescribeTaskDefinition',
    'ecs:DescribeTasks',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'iam:SimulatePrincipalPolicy',
    'logs:FilterLogEvents',
  ],
  writes: ['ecs:RunTask', 'iam:PassRole'],
  role: 'deployer',
  load: ({ service, ...asked }, read, asker) => loadRun(service, asked, read, asker),
  plan: (_, state: RunState) => planRun(state),
})
