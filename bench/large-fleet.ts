// A world with many services in three accounts and two regions, which Compute Optimizer has advice for.
import { readFile } from 'node:fs/promises'
import { spokeRoles } from '../infra/spoke-roles.ts'
import { HUB, type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { staging } from '../sandbox/world/seed.ts'

const THIRD = '777788889999'
export const PLACES = [HUB.account, staging.account, THIRD].flatMap(account =>
  ['us-east-1', 'eu-west-1'].map(region => ({ account, region })),
)
/** Of each call to AWS. */
export const DELAY_MS = 50

/** The example configuration with a third account, a copy of staging. */
const withThird = (yaml: string): string => {
  const [block = ''] = /^ {2}staging:\n(?: {4}.*\n)+/m.exec(yaml) ?? []
  const third = block.replace('  staging:', '  tools:').replaceAll(staging.account, THIRD)
  return yaml.replace(block, `${block}${third}`)
}

export const EXAMPLE = withThird(await readFile(new URL('../quarterdeck.yaml', import.meta.url), 'utf8'))

/** `added`: called for each service. `path`: its cluster and name. */
export const startLargeFleet = async (
  count: number,
  yaml: string,
  added?: (world: Sandbox, place: (typeof PLACES)[number], path: string, nth: number) => void,
): Promise<Sandbox> => {
  const world = await startSandbox({ start: Date.now() - 26 * 3_600_000, speed: 1 })
  for (const { name, ...role } of spokeRoles({ account: THIRD, hub: HUB.account }))
    world.aws.roles.add({
      ...{ account: THIRD, name, trustPolicy: role.trustPolicy, policies: role.policies },
      maxSessionDuration: role.maxSessionSeconds,
    })
  await world.publish(yaml)
  const model = [...(world.fleet.site(HUB).clusters.get('web')?.services.values() ?? [])][0]?.deployments[0]
  if (model === undefined) throw new Error('no service to copy')
  for (const place of PLACES) {
    world.fleet.quotas.setVcpus(place, 'on-demand', count * 10)
    world.aws.advice.enrol(place.account, { status: 'Active' })
  }
  for (let n = 0; n < count; n += 1) {
    const place = PLACES[n % PLACES.length] ?? HUB
    const name = `crowd-${n % 10}`
    const cluster = world.fleet.site(place).clusters.get(name) ?? world.fleet.createCluster(place, name)
    const taskDefinition = world.fleet.registerTaskDefinition(
      place,
      { ...model.revision.spec.taskDefinition.input, family: `worker-${n}` },
      'bench',
    )
    world.fleet.createService(cluster, {
      ...{ name: `billing-gateway-worker-${n}`, desired: 2, createdBy: 'bench', tags: { team: `team-${n % 40}` } },
      ...{ spec: { ...model.revision.spec, taskDefinition }, isSettled: true, age: 40 },
    })
    added?.(world, place, `${name}/billing-gateway-worker-${n}`, n)
  }
  world.clock.advance(25 * 3_600_000)
  return world
}
