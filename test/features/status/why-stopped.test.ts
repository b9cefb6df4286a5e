// Why a task stopped, in plain words.
import { expect, test } from 'vitest'
import { whyStopped } from '../../../src/features/status/why-stopped.ts'
import { aStoppedTask } from '../../builders.ts'

const start = (reason: string) => ({ stopCode: 'TaskFailedToStart', reason, containers: [{ name: 'app' }] })

test.each([
  ['an exit code', {}, 'app exited with 137: it was killed, mostly out of memory.'],
  [
    'an exit code of its own',
    {
      containers: [
        { name: 'app', exitCode: 0 },
        { name: 'worker', exitCode: 42 },
      ],
    },
    'worker exited with 42: an exit code of its own.',
  ],
  ['a clean end', { containers: [{ name: 'app', exitCode: 0 }] }, 'app exited with 0: it finished on its own.'],
  [
    'memory',
    { containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }] },
    'It ran out of memory: its container reached its limit and was killed.',
  ],
  [
    'its own health check',
    { stopCode: 'ServiceSchedulerInitiated', reason: 'Task failed container health checks' },
    'Its container health check failed again and again.',
  ],
  [
    'the load balancer’s',
    { stopCode: 'ServiceSchedulerInitiated', reason: 'Task failed ELB health checks in (target-group arn:aws:…)' },
    'The load balancer’s health check failed again and again.',
  ],
  [
    'an image that is not there',
    start(
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9: 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9: not found',
    ),
    'Its image is not there: the tag or the repository is wrong, or the image was deleted. 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9',
  ],
  [
    'a registry that says no',
    start('CannotPullContainerError: pull image: 403 Forbidden'),
    'Its image could not be pulled: the execution role or the registry’s policy does not allow it.',
  ],
  [
    'a registry that is not reached',
    start('CannotPullContainerError: Error response from daemon: dial tcp 1.2.3.4:443: i/o timeout'),
    'Its image could not be pulled: the registry was not reached. Look at the route to it: NAT, VPC endpoints, security groups.',
  ],
  [
    'a registry’s limit',
    start('CannotPullContainerError: toomanyrequests: You have reached your pull rate limit'),
    'Its image could not be pulled: the registry limits how often it may be.',
  ],
  [
    'secrets it may not read',
    start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException: User is not authorized',
    ),
    'A secret could not be read: the execution role is not allowed to.',
  ],
  [
    'secrets that are not there',
    start('ResourceInitializationError: unable to pull secrets: invalid ssm parameters: /api/key'),
    'A secret or parameter that its task definition names is not there.',
  ],
  [
    'where its log goes',
    start('ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times'),
    'Its log destination is not there, or may not be written.',
  ],
  [
    'Spot',
    { stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.', containers: [] },
    'AWS took the Spot capacity back that it ran on.',
  ],
  [
    'no capacity',
    start('Capacity is unavailable at this time. Please try again later or in a different availability zone'),
    'AWS had no capacity for it at that moment.',
  ],
  [
    'a deployment or a scale-in',
    {
      stopCode: 'ServiceSchedulerInitiated',
      reason: 'Scaling activity initiated by (deployment ecs-svc/1)',
      containers: [{ name: 'app', exitCode: 143 }],
    },
    'A scale-in or a deployment no longer needed it.',
  ],
  [
    'a person',
    { stopCode: 'UserInitiated', reason: 'Task stopped by user' },
    'Somebody stopped it: Task stopped by user.',
  ],
  ['what nobody knows yet', { stopCode: 'X', reason: 'A new way to stop.', containers: [] }, 'A new way to stop.'],
  ['nothing at all', { stopCode: '', reason: '', containers: [] }, 'ECS did not say why.'],
])('%s', (_, task, words) => expect(whyStopped(aStoppedTask(task))).toBe(words))
