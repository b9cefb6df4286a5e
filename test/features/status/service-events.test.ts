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
