// The prices that Compute Optimizer uses: USD for a vCPU-hour and a GB-hour of Fargate on Linux. Source: AWS Price List,
// offer AmazonECS of 2026-09-11; Spot: the Fargate pricing page, 2026-09-28.

type Price = readonly [vcpu: number, gb: number]
type Prices = { readonly x86: Price; readonly arm: Price; readonly spotX86: Price; readonly spotArm: Price }

const FIRST = { x86: [0.04048, 0.004445], arm: [0.03238, 0.00356] } as const

const REGIONS: Readonly<Record<string, Prices>> = {
  'us-east-1': { ...FIRST, spotX86: [0.01288871, 0.00141527], spotArm: [0.01030969, 0.00113349] },
  'eu-west-1': { ...FIRST, spotX86: [0.01224056, 0.0013441], spotArm: [0.00979124, 0.00107649] },
}

export type PricedTask = {
  readonly cpu: number
  readonly memory: number
  readonly isArm: boolean
  readonly isSpot: boolean
}

/** The cost of one task in USD per hour. Only the regions of the sandbox have prices. */
export const priceOfTask = (region: string, { cpu, memory, isArm, isSpot }: PricedTask): number => {
  const prices = REGIONS[region]
  if (prices === undefined) return 0
  const [vcpu, gb] = isSpot ? (isArm ? prices.spotArm : prices.spotX86) : isArm ? prices.arm : prices.x86
  return (cpu / 1_024) * vcpu + (memory / 1_024) * gb
}
