// A service's events without the routine, and with what repeats said once.
import { expect, test } from 'vitest'
import { collapse } from '../../../src/features/status/service-events.ts'

const at = (minute: number) => `2026-11-22T03:${String(minute).padStart(2, '0')}:00.000Z`
const said = (minute: number, message: string) => ({ at: at(minute), message: `(service orders-api) ${message}` })

test('what differs in ids and numbers alone is one event, said with how often and since when', () => {
  const events = [
    said(9, 'has started 2 tasks: (task 3f2a91c0aa) (task 4f2a91c0bb).'),
    said(7, 'was unable to place a task. Reason: No Container Instances were found in your cluster.'),
    said(5, 'has started 1 tasks: (task 5f2a91c0cc).'),
  ]
  expect(collapse(events)).toEqual([
    {
      at: at(9),
      since: at(5),
      times: 2,
      message: 'orders-api has started 2 tasks: (task 3f2a91c0aa) (task 4f2a91c0bb).',
    },
    expect.objectContaining({ times: 1 }),
  ])
})

test('the routine is left out, and a steady state unless it is the newest of all', () => {
  const steady = said(9, 'has reached a steady state.')
  const routine = said(8, 'registered 2 targets in (target-group arn:aws:elasticloadbalancing:…)')
  const drained = said(7, 'has begun draining connections on 2 tasks.')
  expect(collapse([steady, routine, drained, said(3, 'has reached a steady state.')])).toHaveLength(1)
  expect(collapse([routine, steady, drained])).toHaveLength(1)
})

test('nothing comes of nothing', () => expect(collapse([])).toEqual([]))

const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup'

test.each([
  [
    'codes',
    '(port 80) is unhealthy in (target-group g) due to (reason Health checks failed with these codes: [502])',
    '503',
  ],
  ['ports', '(task 3f2a91c0aa) (port 8080) is unhealthy in (target-group g)', '8081'],
  ['target groups', `(port 80) is unhealthy in (target-group ${GROUP}/api/0123456789abcdef)`, '0123456789abcdee'],
  ['roles', 'was unable to assume the role arn:aws:iam::111122223333:role/orders-v1', 'orders-v2'],
  ['accounts', 'was unable to pull 111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1', '222222222222'],
  ['versions of images', 'CannotPullContainerError: orders-api:41 not found', 'orders-api:42'],
  ['bounds', 'desired count was set to 4', 'to 5'],
  ['exit codes', 'task stopped: exit code 1', 'code 137'],
])('events that differ in %s are two', (_, message, other) => {
  const changed = message.replace(
    /\[502\]|8080|0123456789abcdef|orders-v1|(?<=pull )111122223333|orders-api:41|to 4|code 1$/,
    one => (one === '[502]' ? `[${other}]` : other),
  )
  expect(changed).not.toBe(message)
  expect(collapse([said(9, message), said(8, changed)])).toHaveLength(2)
  expect(collapse([said(9, message), said(8, message)])).toHaveLength(1)
})

test.each([
  ['tasks', '(task 3f2a91c0aa) failed container health checks.', '(task 4f2a91c0bb) failed container health checks.'],
  [
    'counts of tasks',
    'has stopped 1 running tasks: (task 3f2a91c0aa).',
    'has stopped 2 running tasks: (task 4f2a91c0bb) (task 5f2a91c0cc).',
  ],
  ['deployments', '(deployment ecs-svc/123) deployment failed.', '(deployment ecs-svc/456) deployment failed.'],
  [
    'instances',
    '(instance i-0123456789abcdef0) (port 80) is unhealthy',
    '(instance i-0123456789abcdef1) (port 80) is unhealthy',
  ],
  [
    'container instances',
    `closest matching container-instance ${'a'.repeat(32)} has insufficient memory`,
    `closest matching container-instance ${'b'.repeat(32)} has insufficient memory`,
  ],
  [
    'requests',
    'throttled (Request ID: 6f1e9d5a-0c1d-4b6e-9f3a-2b8c7d6e5f40)',
    'throttled (Request ID: 7f1e9d5a-0c1d-4b6e-9f3a-2b8c7d6e5f41)',
  ],
  ['addresses', 'target 10.0.1.5 is unhealthy', 'target 10.0.2.7 is unhealthy'],
])('events that differ in %s are one', (_, one, other) => {
  expect(collapse([said(9, one), said(8, other)])).toMatchObject([{ times: 2 }])
})
