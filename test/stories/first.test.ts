import { expect, test } from 'vitest'
import { aStory } from './story-world.ts'
for (let n = 0; n < 10; n += 1)
test(`scale ${n}`, async () => {
  const t0 = performance.now()
  const world = await aStory()
  const t1 = performance.now()
  console.log('made', t1 - t0)
  await world.type("scale orders-api 6")
  if (n === 0) console.log(world.card())
  await world.click('approve')
  await world.until(() => /Done|Failed|Stale/.test(world.card()))
  if (n === 0) console.log(world.card())
  expect(world.card()).toContain('Done.')
  console.log('story', performance.now() - t1, world.aws.callLog.list().length)
  await world.stop()
})
