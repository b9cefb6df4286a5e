// Seeded random numbers of the simulation: everything that differs between two runs comes from here.
import { createRandom } from '../../sandbox/world/random.ts'

export type Chance = {
  /** From 0 up to `limit`, whole. */
  readonly below: (limit: number) => number
  readonly happens: (share: number) => boolean
  readonly pick: <T>(options: readonly T[]) => T
  /** `[weight, option]` each. */
  readonly weighted: <T>(options: readonly (readonly [number, T])[]) => T
}

export const createChance = (seed: number): Chance => {
  const random = createRandom(seed)
  const at = <T>(options: readonly T[], index: number): T => {
    const found = options[index]
    if (found === undefined) throw new Error('nothing to choose from')
    return found
  }
  return {
    below: random.below,
    happens: share => random.next() < share,
    pick: options => at(options, random.below(options.length)),
    weighted: options => {
      let left = random.next() * options.reduce((sum, [weight]) => sum + weight, 0)
      const found = options.findIndex(([weight]) => {
        left -= weight
        return left < 0
      })
      return at(options, found === -1 ? options.length - 1 : found)[1]
    },
  }
}

/** The first run has the seed itself, so that `--seed X --runs 1` repeats any run. */
export const seedOfRun = (seed: number, run: number): number =>
  run === 0 ? seed >>> 0 : Math.floor(createRandom((seed ^ Math.imul(run, 0x9e3779b1)) >>> 0).next() * 2 ** 32)
