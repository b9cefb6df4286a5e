// Runs stories, and counts what AWS would meter of each. `npm run bench:meter` writes the numbers into bench/README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Update } from '../../sandbox/lambda/durable/execution.ts'
import { type Metered as Counted, meter } from './meter.ts'
import type { Metered, Story } from './stories.ts'
import { type Row, withRows } from './table.ts'

const PAGE = 'bench/README.md'
/** AWS fails an execution at 3,000. */
const MOST_OPERATIONS = 1_500
const MOST_BYTES = 100_000_000

/** Of each execution, the updates that the backend has taken. */
export const recording = ({ durable }: Pick<Metered, 'durable'>): ReadonlyMap<string, readonly Update[]> => {
  const updates = new Map<string, Update[]>()
  const checkpoint = durable.checkpoint.bind(durable)
  const answered = new Set<string>()
  durable.checkpoint = (arn, body) => {
    const answer = checkpoint(arn, body)
    const isRepeated = body.ClientToken !== undefined && answered.has(body.ClientToken)
    if (!isRepeated) updates.set(arn, [...(updates.get(arn) ?? []), ...(body.Updates ?? [])])
    if (body.ClientToken !== undefined) answered.add(body.ClientToken)
    return answer
  }
  return updates
}

const dearest = (updates: ReadonlyMap<string, readonly Update[]>): Counted =>
  [...updates.values()].map(meter).reduce((a, b) => (b.operations > a.operations ? b : a), { operations: 0, bytes: 0 })

export const meterStories = (
  stories: readonly Story[],
  open: () => Promise<Metered & { readonly stop: () => Promise<void> }>,
): void => {
  let world: Awaited<ReturnType<typeof open>>
  const rows: Row[] = []
  afterEach(() => world.stop())
  afterAll(async () => {
    if (process.env['METER_WRITE'] !== undefined) await writeFile(PAGE, withRows(await readFile(PAGE, 'utf8'), rows))
  })

  test.each(stories)('$name', { timeout: 180_000 }, async ({ name, run }) => {
    world = await open()
    const updates = recording(world)
    await run(world)
    const metered = dearest(updates)
    rows.push({ name, ...metered })
    expect([...world.durable.executions.values()].map(({ status }) => status)).toEqual(
      [...world.durable.executions].map(() => 'SUCCEEDED'),
    )
    expect(metered.operations).toBeGreaterThan(5)
    expect(metered.operations).toBeLessThanOrEqual(MOST_OPERATIONS)
    expect(metered.bytes).toBeLessThan(MOST_BYTES)
  })
}
