// Which events fit a rule of the sandbox's EventBridge.
import { expect, test } from 'vitest'
import { matchesPattern } from '../../../sandbox/aws/services/event-bridge.ts'

const event = {
  source: 'aws.ecs',
  resources: ['a', 'b'],
  detail: { lastStatus: 'STOPPED', version: 3, container: { name: 'app' } },
}

test.each([
  [{ source: ['aws.ecs'] }, true],
  [{ source: ['aws.ec2', 'aws.ecs'] }, true],
  [{ source: ['aws.ec2'] }, false],
  [{ source: ['aws.ecs'], detail: { lastStatus: ['STOPPED'] } }, true],
  [{ source: ['aws.ecs'], detail: { lastStatus: ['RUNNING'] } }, false],
  [{ detail: { container: { name: ['app'] } } }, true],
  [{ detail: { nothing: ['x'] } }, false],
  [{ source: { inside: ['x'] } }, false],
  [{ resources: ['b'] }, true],
  [{}, true],
])('%j: %s', (pattern, isFitting) => expect(matchesPattern(event, pattern)).toBe(isFitting))
