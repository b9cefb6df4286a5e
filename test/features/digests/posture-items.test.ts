// Posture in turns: each service is checked, some hundred a run.
import { expect, test } from 'vitest'
import { BUCKETS, bucketOf, checkTurn } from '../../../src/features/digests/posture-items.ts'
import { aReader, aRef } from '../../builders.ts'

const refs = Array.from({ length: 1_000 }, (_, n) =>
  aRef({ service: `s-${n}`, arn: `arn:aws:ecs:us-east-1:1:service/web/s-${n}` }),
)

test('all services are checked after some runs, at most 200 in one', async () => {
  const checked = new Set<number>()
  let next = 0
  let runs = 0
  do {
    const turn = await checkTurn(refs, next, aReader())
    expect(turn.checked).toBeLessThanOrEqual(200)
    for (const { key } of turn.groups) checked.add(Number(key.split(' ').at(-1)))
    next = turn.next
    runs += 1
  } while (checked.size < BUCKETS && runs < 20)
  expect(runs).toBeLessThanOrEqual(7)
  expect(new Set(refs.map(bucketOf)).size).toBe(BUCKETS)
})

test('few services are all checked in each run', async () => {
  const turn = await checkTurn(refs.slice(0, 40), 17, aReader())
  expect(turn).toMatchObject({ checked: 40, next: 17 })
})
