// /ecs exec: runs one command in a container through an ECS Exec session, or grants shell access.

import { type ExecState, loadExec } from '../../features/exec/load-exec.ts'
import { planExec } from '../../features/exec/plan-exec.ts'
import { mutation } from '../command.ts'

export const exec = mutation({
  name: 'exec',
  summary: 'Run a command in a service’s container, or get shell access',
  args: {
    service: { kind: 'service' },
    run: { kind: 'shell', optional: true, hint: 'any other command line, for the container’s shell' },
  },
  options: {
    container: { kind: 'container', hint: 'container name' },
    task: { kind: 'task', hint: 'task id, or the beginning of it' },
    interactive: { kind: 'flag', hint: 'shell access from your own terminal, with your own sign-in' },
    for: { kind: 'duration', hint: 'with --interactive: how long; default 30m, at most 4h' },
    all: { kind: 'flag', hint: 'in every running task' },
    'keep-going': { kind: 'flag', hint: 'with --all: continue after a failure' },
    timeout: { kind: 'duration', hint: 'stop the command after this long; default 5m, at most 13m' },
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
  load: ({ service, ...asked }, read, asker) => loadExec(service, asked, { read, asker }),
  plan: (_, state: ExecState) => planExec(state),
})
