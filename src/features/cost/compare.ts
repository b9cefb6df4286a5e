// Pure: where a service could run, side by side: what it would cost, whether it can, and what changes for those who operate it.

import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Provider, ServiceCapacity } from '../capacity/reads.ts'
import { FARGATE, type Split, spotTasks, tasksIn } from '../capacity/strategy.ts'
import { type Base, monthlyCost, spotSplit } from './estimates.ts'
import type { ServiceCost } from './load-service-cost.ts'
import { dollars } from './prices.ts'
import { armImages, baseOf, whyNoGraviton, whyNoSpot } from './service-estimates.ts'

export type Choice = {
  readonly name: string
  /** USD a month; undefined if the price is not known. */
  readonly usd?: number
  readonly isEstimated?: true
  readonly can: 'now' | 'yes' | 'no' | 'new revision' | 'new images' | 'check images'
  /** Why it cannot run there, or what changes for operations and security. */
  readonly words: string
  /** The strategy that switches to it: a preset. */
  readonly preset?: string
}

export type Recommendation = {
  readonly text: string
  readonly reasons: readonly string[]
  /** The line that asks for the plan of the switch. */
  readonly line?: string
}

/** A switch that saves a smaller share is not worth the replacement of every task. */
const WORTH = 0.05

export const choicesOf = (state: ServiceCost): readonly Choice[] => {
  const { service, split } = state
  const base = baseOf(state)
  const tasks = tasksIn(split)
  const all: Split = new Map([[FARGATE, tasks]])
  const some = spotSplit(split)
  const isArm = service.fit.architecture === 'ARM64'
  const noFargate = whyNoFargate(service)
  const noSpot = noFargate ?? whyNoSpot(service, true)
  const noArm = noFargate ?? whyNoGraviton(service)
  const arm = { ...base, size: { ...base.size, architecture: 'ARM64' as const } }
  const arm64 = armImages(state)
  const suffix = isArm ? ' on Graviton' : ''
  const isSpotNow = spotTasks(split) > 0
  const isFargateNow = !isSpotNow && (split.get(FARGATE) ?? 0) > 0
  return [
    {
      name: `Fargate${suffix}`,
      ...priced({ ...base, split: all }, noFargate),
      ...abilityOf(noFargate, isFargateNow, 'AWS patches the host; each task alone on its kernel'),
      ...(noFargate === undefined && { preset: 'on-demand' }),
    },
    {
      name: `Fargate Spot${suffix}, ${spotTasks(some)} of ${tasks} tasks`,
      ...priced({ ...base, split: some }, noSpot),
      ...abilityOf(
        tasks < 2 && noSpot === undefined ? 'one task is not spread: it would stay on demand' : noSpot,
        isSpotNow,
        'AWS may take a task with 2 minutes’ notice; none may start in a Spot drought',
      ),
      ...(noSpot === undefined && { preset: 'spot-heavy' }),
    },
    ...(isArm
      ? []
      : [
          armChoice('Fargate on Graviton', { ...arm, split: all }, noArm, arm64),
          armChoice(
            'Graviton and Spot',
            { ...arm, split: some },
            noArm ?? noSpot ?? (tasks < 2 ? 'one task is not spread' : undefined),
            arm64,
          ),
        ]),
    hostChoice(service, split, 'MANAGED_INSTANCES'),
    hostChoice(service, split, 'EC2_AUTOSCALING'),
  ]
}

const abilityOf = (no: string | undefined, isNow: boolean, words: string): Pick<Choice, 'can' | 'words'> => {
  if (isNow) return { can: 'now', words }
  return no === undefined ? { can: 'yes', words } : { can: 'no', words: no }
}

type ArmImages = ReturnType<typeof armImages>

const ARM = { there: 'new revision', missing: 'new images', unknown: 'check images' } as const

const armChoice = (name: string, base: Base, no: string | undefined, { are, words }: ArmImages): Choice => ({
  name,
  ...priced(base, no),
  ...(no === undefined ? { can: ARM[are], words: `Graviton: ${words}` } : { can: 'no' as const, words: no }),
})

const priced = (base: Base, no: string | undefined): Pick<Choice, 'usd' | 'isEstimated'> => {
  const cost = no === undefined ? monthlyCost(base) : undefined
  return cost === undefined ? {} : { usd: cost.usd, ...(cost.isEstimated && { isEstimated: true }) }
}

const whyNoFargate = ({ fit, detail }: ServiceCapacity): string | undefined => {
  if (fit.compatibilities.includes('FARGATE'))
    return detail.service.scheduling === 'DAEMON' ? 'Fargate runs no daemon services' : undefined
  return fit.networkMode === 'awsvpc'
    ? 'the task definition is not for Fargate: a privileged container, a host volume, a GPU or no task size'
    : `the task definition has the network mode ${plainName(fit.networkMode || 'bridge', 20)}`
}

const HOSTS = {
  MANAGED_INSTANCES: {
    name: 'Managed Instances',
    needs: 'MANAGED_INSTANCES',
    words: 'AWS patches and replaces instances; tasks share them; no 60-second minimum',
  },
  EC2_AUTOSCALING: {
    name: 'EC2 instances',
    needs: 'EC2',
    words: 'You patch AMI and agent; tasks share the kernel; SSH is possible; no 60-second minimum',
  },
} as const

/** The prices of instances are not in the table. */
const hostChoice = (service: ServiceCapacity, split: Split, type: keyof typeof HOSTS): Choice => {
  const { name, needs, words } = HOSTS[type]
  const { fit, providers, detail } = service
  const isOfType = (provider: Provider): boolean => provider.type === type
  const isNow =
    [...split.keys()].some(key => providers.some(one => isOfType(one) && one.name === key)) ||
    (type === 'EC2_AUTOSCALING' && split.has('EC2'))
  const no = !fit.compatibilities.includes(needs)
    ? `the task definition is not for ${name}`
    : type === 'MANAGED_INSTANCES' && detail.service.scheduling === 'DAEMON'
      ? 'Managed Instances run no daemon services'
      : providers.some(one => isOfType(one) && one.isAttached)
        ? undefined
        : 'the cluster has no such capacity provider'
  return { name, ...abilityOf(no, isNow, words) }
}

/** Instances are cheaper below this price an hour, for all that hold the tasks together: not a guess, a break-even. */
export const breakEven = (state: ServiceCost): string | undefined => {
  const { split, service } = state
  const cost = monthlyCost(baseOf(state))
  const tasks = tasksIn(split)
  if (cost === undefined || tasks === 0) return undefined
  const { cpu, memory } = service.fit
  const need = `${Number(((cpu * tasks) / 1_024).toFixed(2))} vCPU and ${Number(((memory * tasks) / 1_024).toFixed(1))} GB`
  return `Instances are cheaper only if those that hold ${need} cost less than ${dollars(cost.usd / 730)} an hour together, spare room included.`
}

/** The cheapest that can run without new images, if it saves enough and is safe enough. */
export const recommend = (state: ServiceCost, choices: readonly Choice[]): Recommendation => {
  const { service, split, isProduction } = state
  const now = monthlyCost(baseOf(state))
  const arm = choices
    .filter(({ can, usd }) => Object.values<string>(ARM).includes(can) && usd !== undefined)
    .toSorted((a, b) => (a.usd ?? 0) - (b.usd ?? 0))[0]
  if (now === undefined) return { text: 'No recommendation', reasons: ['the price of what runs now is not known'] }
  const [best] = choices
    .filter(({ can, usd, preset }) => can === 'yes' && usd !== undefined && preset !== undefined)
    .toSorted((a, b) => (a.usd ?? 0) - (b.usd ?? 0))
  const saves = now.usd - (best?.usd ?? now.usd)
  const further =
    arm?.usd === undefined || arm.usd >= now.usd - Math.max(0, saves)
      ? []
      : [`${arm.name} would cost about ${dollars(arm.usd)} a month: ${armImages(state).words}`]
  if (best === undefined || saves < now.usd * WORTH)
    return {
      text: 'Stay where it is',
      reasons: ['nothing that can run now saves 5 % or more', ...further],
    }
  const stop = service.fit.stopSeconds
  return {
    text: `Switch to ${best.name}`,
    reasons: [
      `saves about ${dollars(saves)} of ${dollars(now.usd)} a month`,
      ...(best.preset === 'spot-heavy'
        ? [
            `${tasksIn(split) - spotTasks(spotSplit(split))} of ${tasksIn(split)} tasks stay on demand`,
            stop === undefined ? 'stopTimeout is not set: tasks have 30 s to stop' : `tasks have ${stop} s to stop`,
            ...(isProduction ? ['in production, first check that it survives the loss of tasks'] : []),
          ]
        : []),
      ...further,
    ],
    line: `capacity set ${fullName(service.detail.service.ref)} ${best.preset}`,
  }
}
