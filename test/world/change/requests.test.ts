// How many requests to AWS and Slack a change makes, and one look at its progress. `METER_WRITE=1` writes the table into
// bench/README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { aWorld, ORDERS, type World } from '../world.ts'

const PAGE = 'bench/README.md'
const TABLE = /(<!-- requests -->\n)[\s\S]*(<!-- \/requests -->)/

let world: World
afterEach(() => world.stop())

const rows: string[] = []

type Made = { readonly at: number; readonly what: string }

/** Warm containers, as in a busy hour: the change is made a second time. */
const requestsOf = async (line: (turn: number) => string) => {
  world = await aWorld()
  const made: Made[] = []
  world.onSlackCall = (method, moment) => {
    if (moment === 'before') made.push({ at: world.clock.now(), what: method })
  }
  world.aws.callLog.subscribe(({ at, action, service, container }) => {
    if (container !== undefined && service !== 'logs') made.push({ at, what: action })
  })
  const isOver = () => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING')
  for (const turn of [0, 1]) {
    made.length = 0
    await world.type(line(turn))
    const toCard = made.length
    await world.click('approve')
    await world.until(isOver)
    if (turn === 1) return summaryOf(made, toCard)
  }
  throw new Error('unreachable')
}

/** A look is what is requested at one time between the change and its end. */
const summaryOf = (made: readonly Made[], toCard: number) => {
  const times = [...new Set(made.map(({ at }) => at))].sort((a, b) => a - b)
  const looks = times.slice(1, -1).map(time => made.filter(({ at }) => at === time).length)
  return { toCard, all: made.length - looks.reduce((sum, one) => sum + one, 0), looks }
}

test.each([
  ['scale, approved', (turn: number) => `scale ${ORDERS} ${6 + turn}`, 190, 15],
  ['restart, approved', () => `restart ${ORDERS}`, 180, 15],
] as const)('%s: bounded requests, and a quiet look takes six at most', async (name, line, most, mostOfLook) => {
  const { toCard, all, looks } = await requestsOf(line)
  expect(all).toBeLessThanOrEqual(most)
  expect(Math.min(...looks)).toBeLessThanOrEqual(6)
  expect(Math.max(...looks)).toBeLessThanOrEqual(mostOfLook)
  rows.push(`| ${name} | ${toCard} | ${all} | ${Math.min(...looks)} to ${Math.max(...looks)} |`)
})

afterAll(async () => {
  if (process.env['METER_WRITE'] === undefined) return
  const table = ['| Requests | to the card | in all, without looks | a look |', '|---|--:|--:|--:|', ...rows, ''].join(
    '\n',
  )
  const page = await readFile(PAGE, 'utf8')
  await writeFile(
    PAGE,
    page.replace(TABLE, (_, begin, end) => `${begin}${table}${end}`),
  )
})
