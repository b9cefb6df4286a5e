// Pure: what may change to make one service cheaper, and what that would save.

import { plainName } from '../../kit/messages/text.ts'
import type { ServiceCapacity } from '../capacity/reads.ts'
import { SPOT, spotTasks, tasksIn } from '../capacity/strategy.ts'
import { type Base, type Estimate, estimatesOf, monthlyCost, type Part, spotSplit } from './estimates.ts'
import { sizeProblem } from './fargate-sizes.ts'
import type { ServiceCost } from './load-service-cost.ts'
import type { HourlyCost } from './prices.ts'
import type { Size } from './reads.ts'

export const baseOf = ({ service, split }: ServiceCost): Base => ({
  region: service.detail.service.ref.region,
  split,
  size: service.fit,
})

export const costNow = (state: ServiceCost): HourlyCost | undefined => monthlyCost(baseOf(state))

/** The recommended size, where the finding is about the revision that runs and says that it is too large. */
export const betterSize = ({ size, isStale }: ServiceCost): Size | undefined => {
  const [option] = size?.options ?? []
  return option === undefined || isStale || size?.finding !== 'Overprovisioned' || sizeProblem(option) !== undefined
    ? undefined
    : { cpu: option.cpu, memory: option.memory }
}

/** Why the service cannot use Fargate Spot; undefined if it can. `isSwitch`: the provider must be attached, too. */
export const whyNoSpot = (
  { fit, platform, providers, detail }: ServiceCapacity,
  isSwitch = false,
): string | undefined => {
  if (detail.service.isExpress) return 'an Express service runs on Fargate only'
  if (detail.service.controller !== 'ECS') return `${detail.service.controller} deploys it`
  if (!fit.compatibilities.includes('FARGATE')) return 'the task definition is not for Fargate'
  if (fit.isWindows) return 'Fargate Spot runs Linux only'
  const least = fit.architecture === 'ARM64' ? '1.4.0' : '1.3.0'
  if (platform !== undefined && platform !== 'LATEST' && platform < least)
    return `platform version ${platform} has no Spot`
  const provider = providers.find(({ name }) => name === SPOT)
  if (isSwitch && provider?.isAttached !== true) return 'the cluster has no Fargate Spot attached'
  return undefined
}

export const whyNoGraviton = ({ fit }: ServiceCapacity): string | undefined => {
  if (!fit.compatibilities.includes('FARGATE')) return 'the task definition is not for Fargate'
  return fit.isWindows ? 'Graviton runs Linux only' : undefined
}

/** Whether all images run on Graviton, in words: `app has no arm64 variant`. */
export const armImages = ({
  images,
}: ServiceCost): { readonly are: 'there' | 'missing' | 'unknown'; readonly words: string } => {
  const namesOf = (hasArm: boolean | undefined): string =>
    [...new Set(images.filter(one => one.hasArm === hasArm).map(({ container }) => plainName(container, 40)))]
      .slice(0, 3)
      .join(', ')
  const [missing, unknown] = [namesOf(false), namesOf(undefined)]
  if (missing !== '') return { are: 'missing', words: `no arm64 variant of the image of ${missing}` }
  if (images.length > 0 && unknown === '') return { are: 'there', words: 'every image has an arm64 variant' }
  return {
    are: 'unknown',
    words: unknown === '' ? 'images not checked' : `the platforms of the image of ${unknown} are not known`,
  }
}

/** Every combination that saves money, the cheapest first. */
export const serviceEstimates = (state: ServiceCost): readonly Estimate[] => {
  const { service, split } = state
  const better = betterSize(state)
  const moreSpot = tasksIn(split) > 1 && spotTasks(spotSplit(split)) > spotTasks(split)
  return estimatesOf(baseOf(state), {
    spot: moreSpot && whyNoSpot(service) === undefined,
    graviton: whyNoGraviton(service) === undefined,
    ...(better !== undefined && { better }),
  })
}

export const alone = (estimates: readonly Estimate[], part: Part): Estimate | undefined =>
  estimates.find(({ parts }) => parts.length === 1 && parts[0] === part)

/** The cheapest combination of more than one part, if it is the cheapest of all. */
export const bestTogether = ([best]: readonly Estimate[]): Estimate | undefined =>
  best !== undefined && best.parts.length > 1 ? best : undefined
