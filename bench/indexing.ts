// Measures one refresh of the service index: 10,000 services in two accounts and two regions.
// The built schedule function runs in its own process, without a memory limit, and reports its peak memory.
import { HUB, startSandbox } from '../sandbox/sandbox.ts'
import { runFunction } from './run-function.ts'

const COUNT = 10_000
const CLUSTERS = 10
const PLACES = ['111122223333', '444455556666'].flatMap(account =>
  ['us-east-1', 'eu-west-1'].map(region => ({ account, region })),
)

const world = await startSandbox({ speed: 1 })
const model = [...(world.fleet.site(HUB).clusters.get('web')?.services.values() ?? [])][0]?.deployments[0]
if (model === undefined) throw new Error('no service to copy')
const { spec } = model.revision
for (let n = 0; n < COUNT; n += 1) {
  const place = PLACES[n % PLACES.length] ?? HUB
  const name = `crowd-${n % CLUSTERS}`
  const cluster = world.fleet.site(place).clusters.get(name) ?? world.fleet.createCluster(place, name)
  const tags = { team: `team-${n % 40}`, cost: `${n % 7}`, stage: 'production' }
  const service = { name: `billing-gateway-worker-${n}`, desired: 0, createdBy: 'bench', tags }
  world.fleet.createService(cluster, { ...service, spec, isSettled: true })
}

const { ms, kb } = await runFunction(world, 'schedule', { kind: 'index' })
const calls = world.aws.callLog.list().filter(({ service }) => ['ecs', 'tagging', 'sts'].includes(service))
const refused = calls.filter(({ errorCode }) => errorCode !== undefined).length
process.stdout.write(`
| index of ${COUNT} services in ${PLACES.length} places | AWS calls | refused | wall time | peak memory |
|---|---|---|---|---|
| a refresh | ${calls.length} | ${refused} | ${(ms / 1_000).toFixed(1)} s | ${Math.round(kb / 1_024)} MB |
`)
await world.stop()
process.exit(0)
