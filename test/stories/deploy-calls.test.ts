// How many calls to AWS the commands about deployments make until their card or answer: as many for 5 tasks as for 200, but for
// pages of 100 tasks. `METER_WRITE=1` writes the table into bench/README.md.
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

const PAGE = 'bench/README.md'
const TABLE = /(<!-- deployments -->\n)[\s\S]*(<!-- \/deployments -->)/
const SIZES = [5, 200] as const
/** One more page of 100 of each list: tasks (read at most twice, with what they are), and targets. */
const MORE_PAGES = 6
/** The bot's own store, timers and sessions. */
const OWN: readonly string[] = ['dynamodb', 'scheduler', 'lambda', 'sts']
const SEARCH = 'prod.us-east-1/web/search'
const REGISTRY = '111122223333.dkr.ecr.us-east-1.amazonaws.com'

let world: StoryWorld
afterEach(() => world.stop())

const counts = new Map<string, number[]>()

const sized = async (tasks: number): Promise<void> => {
  world = await aStory()
  await world.recur('index')
  await world.publish((await readFile('quarterdeck.yaml', 'utf8')).replace('atLeast: 50', 'atLeast: 500'))
  const search = world.service('web/search')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now() - 720_000)
  const alarm = world.autoscaling.putAlarm(search.cluster, {
    AlarmName: 'search-5xx',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
  })
  world.autoscaling.setAlarmState(alarm, 'OK', 'set by the test')
  for (const purchase of ['on-demand', 'spot'] as const) world.fleet.quotas.setVcpus(search.cluster, purchase, 100_000)
  for (const target of world.autoscaling.targets()) world.autoscaling.deregister(target)
  const spec = search.deployments[0]?.revision.spec
  const [older] = world.fleet.site(search.cluster).taskDefinitions.get('search') ?? []
  if (spec === undefined || older === undefined) throw new Error('search has no history')
  world.fleet.deploy(search, { ...spec, taskDefinition: older })
  await pass(30 * 60_000, world)
  search.desired = tasks
  world.fleet.touch(search)
  await pass(30 * 60_000, world)
  expect([...search.tasks].filter(({ lastStatus }) => lastStatus === 'RUNNING')).toHaveLength(tasks)
  world.aws.throttle.reset()
}

const made = (from: number): number =>
  world.aws.callLog.list().filter(({ id, service }) => id > from && !OWN.includes(service)).length

test.each([
  ['deploy of a tag', `deploy ${SEARCH} v9`],
  ['deploy of a revision', `deploy ${SEARCH} search:2`],
  ['deploy --watch', `deploy ${SEARCH} v9 --watch 20m --alarm search-5xx`],
  ['rollback', `rollback ${SEARCH}`],
  ['stop of a task', 'stop'],
  ['run', `run ${SEARCH} -- ./migrate up`],
  ['deployments', `deployments ${SEARCH}`],
])('%s', async (name, line) => {
  for (const tasks of SIZES) {
    await sized(tasks)
    const from = world.aws.callLog.list().at(-1)?.id ?? 0
    const [task] = world.service('web/search').tasks
    const typed = line === 'stop' ? `stop ${SEARCH}/${task?.id.slice(0, 12)}` : line
    const said = await world.type(typed)
    expect(name === 'deployments' ? said : world.card()).toMatch(name === 'deployments' ? /search:1/ : /risk · prod/)
    counts.set(name, [...(counts.get(name) ?? []), made(from)])
    if (tasks === SIZES[0]) await world.stop()
  }
  const [few = 0, many = 0] = counts.get(name) ?? []
  expect(few).toBeGreaterThan(0)
  expect(few).toBeLessThanOrEqual(20)
  expect(many).toBeLessThanOrEqual(few + MORE_PAGES)
})

test('a poll of a watch is one call for the service and one for its alarms, for any number of tasks', async () => {
  for (const tasks of SIZES) {
    await sized(tasks)
    await world.type(`deploy ${SEARCH} search:2 --watch 20m --alarm search-5xx`)
    await world.press('Approve', 'U0APPROVE')
    await world.until(() => world.card().startsWith('✅ Watching'))
    const from = world.aws.callLog.list().at(-1)?.id ?? 0
    await world.until(() => made(from) > 0)
    await world.quiet()
    counts.set('a poll of a watch', [...(counts.get('a poll of a watch') ?? []), made(from)])
    if (tasks === SIZES[0]) await world.stop()
  }
  expect(counts.get('a poll of a watch')).toEqual([2, 2])
})

afterAll(async () => {
  if (process.env['METER_WRITE'] === undefined) return
  const rows = [...counts].map(([name, [few, many]]) => `| ${name} | ${few} | ${many} |\n`).join('')
  const table = `| Calls to AWS | ${SIZES.join(' tasks | ')} tasks |\n|---|--:|--:|\n${rows}`
  const page = await readFile(PAGE, 'utf8')
  await writeFile(
    PAGE,
    page.replace(TABLE, (_, begins: string, ends: string) => `${begins}${table}${ends}`),
  )
})
