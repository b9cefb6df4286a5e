// /ecs capacity attach: lets the services of a cluster use one more capacity provider.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { setProviders } from '../../features/capacity/capacity-calls.ts'
import type { Provider, ServiceCapacity } from '../../features/capacity/reads.ts'
import { providerText, shortProvider, strategyText } from '../../features/capacity/strategy.ts'
import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

type Attaching = { readonly service: ServiceCapacity; readonly provider: Provider }

export const attachProvider = mutation({
  name: 'capacity attach',
  summary: 'Attach a capacity provider to the cluster of a service',
  args: { service: { kind: 'service' }, provider: { kind: 'provider' } },
  options: {},
  examples: ['capacity attach orders-api spot'],
  reads: [
    'ecs:DescribeServices',
    'ecs:DescribeClusters',
    'ecs:DescribeCapacityProviders',
    'ecs:DescribeTaskDefinition',
  ],
  writes: ['ecs:PutClusterCapacityProviders'],
  role: 'deployer',

  load: async ({ service: ref, provider: name }, read) => {
    const [service, provider] = await Promise.all([read.capacity(ref), read.provider(ref, name)])
    if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
    return provider === undefined
      ? refuse(`There is no capacity provider \`${plainName(name)}\` in ${ref.account}, ${ref.region}.`)
      : { service, provider }
  },

  plan: (_, { service, provider }: Attaching) => {
    const { ref } = service.detail.service
    const [name, cluster] = [plainName(provider.name), plainName(ref.cluster)]
    if (provider.isAttached) return refuse(`\`${name}\` is attached to *${cluster}* already.`, 'Nothing to change.')
    if (provider.type === 'MANAGED_INSTANCES')
      return refuse(`\`${name}\` belongs to another cluster: Managed Instances are not attached.`)
    if (provider.status !== 'ACTIVE') return refuse(`\`${name}\` is ${provider.status.toLowerCase()}.`)
    return service.isAttaching
      ? refuse(`*${cluster}* is changing its capacity providers.`, 'Try again in a minute.')
      : planAttaching(service, provider)
  },

  settled: async ({ target, calls }, _since, _now, read) => {
    const wanted = (calls[0]?.input['capacityProviders'] ?? []) as readonly string[]
    const found = await read.capacity(target)
    if (found === undefined) return { status: 'superseded', text: 'The service was deleted.' }
    if (found.isAttaching) return { status: 'moving', text: 'the cluster is changing its capacity providers' }
    return wanted.every(name => found.attached.includes(name))
      ? { status: 'done', text: `The cluster has ${found.attached.map(name => providerText(name)).join(', ')}.` }
      : { status: 'superseded', text: 'Another change set the capacity providers of the cluster.' }
  },
})

const planAttaching = ({ detail, attached, defaultStrategy }: ServiceCapacity, { name }: Provider): NewPlan => {
  const { service } = detail
  const { ref } = service
  const before = attached.map(providerText).join(', ') || 'none'
  return {
    kind: 'plan',
    command: 'capacity attach',
    role: 'deployer',
    invocation: `capacity attach ${fullName(ref)} ${name}`,
    target: ref,
    isOfCluster: true,
    title: `Attach *${shortProvider(name)}* to the cluster *${plainName(ref.cluster)}*`,
    changes: [
      { what: 'Capacity providers of the cluster', from: before, to: [...attached, name].map(providerText).join(', ') },
    ],
    risk: { level: 'low', reasons: ['No task starts, stops or moves'] },
    size: 0,
    tasks: service.desired,
    losses: [
      ...(shortProvider(name) === providerText(name) ? [] : [cardLine(`Attaches ${providerText(name)}`)]),
      'No task starts, stops or moves',
      'Services of this cluster can then use it',
    ],
    undo: 'detach it in AWS, while no task uses it',
    consequences: [
      defaultStrategy.length === 0
        ? 'The cluster has no default strategy, and gets none.'
        : `The default strategy of the cluster stays: ${strategyText(defaultStrategy)}.`,
    ],
    offers: [],
    calls: [setProviders(ref, { providers: [...attached, name], standard: defaultStrategy })],
    binds: { createdAt: service.createdAt, providers: [...attached], standard: strategyText(defaultStrategy) },
    drifts: {},
  }
}
