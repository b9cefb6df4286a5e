// /ecs exec: one command in one container, through an ECS Exec session.

import { type ExecState, loadExec } from '../../features/exec/load-exec.ts'
import { planExec } from '../../features/exec/plan-exec.ts'
import { mutation } from '../command.ts'

export const exec = mutation({
  name: 'exec',
  summary: 'Run one command in a container of a service',
  args: {
    service: { kind: 'service' },
    run: { kind: 'shell', optional: true, hint: 'anything else, for the shell of the container' },
  },
  options: {
    container: { kind: 'container', hint: 'in this container' },
    task: { kind: 'task', hint: 'in this task: its id, or the beginning of it' },
    interactive: { kind: 'flag', hint: 'no command: lets you in with your own terminal and sign-in' },
    for: { kind: 'duration', hint: 'with --interactive: for so long, 30m without it; at most 4h' },
    all: { kind: 'flag', hint: 'in every task that runs' },
    'keep-going': { kind: 'flag', hint: 'with --all: also after it failed in one of them' },
    timeout: { kind: 'duration', hint: 'stopped after so long, 5m without it; at most 13m' },
  },
  examples: [
    'exec orders-api -- env-names',
    'exec orders-api:app --reason "stuck threads" -- kill -QUIT 1',
    'exec orders-api --interactive --for 30m --reason "heap looks odd"',
  ],
  reads: [
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcEndpoints',
    'ecs:DescribeClusters',
    'ecs:DescribeTaskDefinition',
    'ecs:DescribeTasks',
    'ecs:ListTasks',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'iam:SimulatePrincipalPolicy',
  ],
  writes: [],
  load: ({ service, ...asked }, read, own) => loadExec(service, asked, { read, own }),
  plan: (_, state: ExecState) => planExec(state),
})
