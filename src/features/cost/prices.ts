// Pure: what Fargate tasks cost an hour. Prices change rarely, and no API has the prices of Fargate Spot, so they are a
// table with its dates. Sources: AWS Price List, offer AmazonECS, published 2026-09-11; Spot: the Fargate pricing page,
// 2026-09-28. Ephemeral storage above 20 GB, public IPv4 addresses, load balancers and data transfer are not included.

import type { Split } from '../capacity/strategy.ts'

/** USD for a vCPU-hour and for a GB-hour. */
type Price = readonly [vcpu: number, gb: number]

/** The dates of the prices. */
export const PRICED_AT = '2026-09-11'
export const SPOT_PRICED_AT = '2026-09-28'

const FIRST: Price = [0.04048, 0.004445]
const SECOND: Price = [0.04656, 0.00511]
const THIRD: Price = [0.0486, 0.0053]
const ASIA: Price = [0.05056, 0.00553]

const X86: Readonly<Record<string, Price>> = {
  'us-east-1': FIRST,
  'us-east-2': FIRST,
  'us-west-2': FIRST,
  'eu-west-1': FIRST,
  'us-west-1': SECOND,
  'eu-west-2': SECOND,
  'eu-central-1': SECOND,
  'ap-northeast-2': SECOND,
  'eu-west-3': THIRD,
  'eu-south-1': THIRD,
  'us-gov-east-1': THIRD,
  'us-gov-west-1': THIRD,
  'eu-north-1': [0.0445, 0.0049],
  'ca-central-1': [0.04456, 0.004865],
  'ap-south-1': [0.04256, 0.004655],
  'ap-southeast-2': [0.04856, 0.00532],
  'ap-northeast-1': ASIA,
  'ap-southeast-1': ASIA,
  'ap-east-1': [0.0556, 0.0061],
  'me-south-1': [0.0526, 0.0058],
  'af-south-1': [0.0546, 0.006],
  'sa-east-1': [0.0696, 0.0076],
}

const ARM: Readonly<Record<string, Price>> = {
  'us-east-1': [0.03238, 0.00356],
  'eu-west-1': [0.03238, 0.00356],
  'ap-south-1': [0.02383, 0.00261],
  'ap-northeast-1': [0.04045, 0.00442],
  'sa-east-1': [0.0557, 0.00612],
}

const SPOT_X86: Readonly<Record<string, Price>> = {
  'us-east-1': [0.01288871, 0.00141527],
  'eu-west-1': [0.01224056, 0.0013441],
}
const SPOT_ARM: Readonly<Record<string, Price>> = {
  'us-east-1': [0.01030969, 0.00113349],
  'eu-west-1': [0.00979124, 0.00107649],
}

/** Where the ARM64 price of a region is not in the table: this share of the x86 price, marked as estimated. */
const ARM_SHARE = 0.8
/** Where the Spot price of a region is not in the table: this share of the On-Demand price, marked as estimated. */
const SPOT_SHARE = 0.32

/** `cpu`: CPU units (1,024 are one vCPU). `memory`: MiB. */
export type TaskSize = {
  readonly cpu: number
  readonly memory: number
  readonly architecture: 'X86_64' | 'ARM64'
  readonly isWindows: boolean
}

/** USD an hour. `isEstimated`: a price of the region is not in the table. */
export type HourlyCost = { readonly usd: number; readonly isEstimated: boolean }

const scaled = ([vcpu, gb]: Price, share: number): Price => [vcpu * share, gb * share]

const onDemandPrice = (region: string, isArm: boolean): { price: Price; isEstimated: boolean } | undefined => {
  const x86 = X86[region]
  if (x86 === undefined) return undefined
  const arm = ARM[region]
  if (!isArm) return { price: x86, isEstimated: false }
  return arm === undefined ? { price: scaled(x86, ARM_SHARE), isEstimated: true } : { price: arm, isEstimated: false }
}

const spotPrice = (region: string, isArm: boolean): { price: Price; isEstimated: boolean } | undefined => {
  const known = (isArm ? SPOT_ARM : SPOT_X86)[region]
  if (known !== undefined) return { price: known, isEstimated: false }
  const full = onDemandPrice(region, isArm)
  return full && { price: scaled(full.price, SPOT_SHARE), isEstimated: true }
}

/** The cost of one task; undefined for EC2, Managed Instances, Windows and regions without a known price. */
export const costOfTask = (region: string, provider: string, size: TaskSize): HourlyCost | undefined => {
  const { cpu, memory, architecture, isWindows } = size
  if (isWindows || cpu === 0 || memory === 0) return undefined
  const isArm = architecture === 'ARM64'
  const found =
    provider === 'FARGATE_SPOT'
      ? spotPrice(region, isArm)
      : provider === 'FARGATE'
        ? onDemandPrice(region, isArm)
        : undefined
  if (found === undefined) return undefined
  const [vcpu, gb] = found.price
  return { usd: (cpu / 1_024) * vcpu + (memory / 1_024) * gb, isEstimated: found.isEstimated }
}

/** The cost of a service; undefined if the price of one of its tasks is not known. */
export const costOfSplit = (region: string, split: Split, size: TaskSize): HourlyCost | undefined => {
  let usd = 0
  let isEstimated = false
  for (const [provider, count] of split) {
    if (count === 0) continue
    const each = costOfTask(region, provider, size)
    if (each === undefined) return undefined
    usd += each.usd * count
    isEstimated ||= each.isEstimated
  }
  return { usd, isEstimated }
}

/** `$0.27`, `$12.30`, `$1,204`; two significant digits below one cent. */
export const dollars = (usd: number): string => {
  const amount = Math.abs(usd)
  if (amount === 0) return '$0'
  if (amount < 0.01) return `$${amount.toPrecision(2)}`
  return `$${amount.toLocaleString('en', amount < 100 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`
}

/** The difference of two hourly costs: `−$0.27/h`, `+$1.10/h`, `same cost`. */
export const costChange = (from: HourlyCost, to: HourlyCost): string => {
  const difference = to.usd - from.usd
  if (Math.abs(difference) < 0.00005) return 'same cost'
  return `${difference < 0 ? '−' : '+'}${dollars(difference)}/h`
}
