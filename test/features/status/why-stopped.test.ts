// Why a task stopped, in plain words.
import { expect, test } from 'vitest'
import { whyStopped } from '../../../src/features/status/why-stopped.ts'
import { aStoppedTask } from '../../builders.ts'

const start = (reason: string) => ({ stopCode: 'TaskFailedToStart', reason, containers: [{ name: 'app' }] })

test.each([
  ['an exit code', {}, 'app exited with 137: killed (SIGKILL), usually out of memory.'],
  [
    'an exit code of its own',
    {
      containers: [
        { name: 'app', exitCode: 0 },
        { name: 'worker', exitCode: 42 },
      ],
    },
    'worker exited with 42.',
  ],
  ['a clean end', { containers: [{ name: 'app', exitCode: 0 }] }, 'app exited with 0: finished by itself.'],
  [
    'memory',
    { containers: [{ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }] },
    'Out of memory: its container reached its memory limit and was killed.',
  ],
  [
    'its own health check',
    { stopCode: 'ServiceSchedulerInitiated', reason: 'Task failed container health checks' },
    'Its container health check failed repeatedly.',
  ],
  [
    'the load balancer’s',
    { stopCode: 'ServiceSchedulerInitiated', reason: 'Task failed ELB health checks in (target-group arn:aws:…)' },
    'The load balancer’s health check failed repeatedly.',
  ],
  [
    'an image that is not there',
    start(
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9: 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9: not found',
    ),
    'Image not found: the tag or the repository is wrong, or the image was deleted. 1.dkr.ecr.eu-west-1.amazonaws.com/api:v9',
  ],
  [
    'a registry that says no',
    start('CannotPullContainerError: pull image: 403 Forbidden'),
    'Image pull denied: the execution role or the registry’s policy does not allow it.',
  ],
  [
    'a registry that is not reached',
    start('CannotPullContainerError: Error response from daemon: dial tcp 1.2.3.4:443: i/o timeout'),
    'Image pull failed: the registry is unreachable. Check NAT, VPC endpoints and security groups.',
  ],
  [
    'a registry’s limit',
    start('CannotPullContainerError: toomanyrequests: You have reached your pull rate limit'),
    'Image pull failed: the registry’s rate limit was reached.',
  ],
  [
    'secrets it may not read',
    start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: AccessDeniedException: User is not authorized',
    ),
    'A secret could not be read: the execution role lacks permission.',
  ],
  [
    'secrets that are not there',
    start('ResourceInitializationError: unable to pull secrets: invalid ssm parameters: /api/key'),
    'A secret or parameter in its task definition does not exist.',
  ],
  [
    'where its log goes',
    start('ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times'),
    'Its log destination does not exist, or write access is denied.',
  ],
  [
    'Spot',
    { stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.', containers: [] },
    'Spot interruption: AWS reclaimed its capacity.',
  ],
  [
    'no capacity',
    start('Capacity is unavailable at this time. Please try again later or in a different availability zone'),
    'AWS had no capacity for it.',
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
    'Stopped by someone: Task stopped by user.',
  ],
  ['what nobody knows yet', { stopCode: 'X', reason: 'A new way to stop.', containers: [] }, 'A new way to stop.'],
  ['nothing at all', { stopCode: '', reason: '', containers: [] }, 'ECS gave no reason.'],
])('%s', (_, task, words) => expect(whyStopped(aStoppedTask(task))).toBe(words))
