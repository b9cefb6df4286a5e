// Checks a regular expression of the configuration: RE2 must accept it, and must search 256 KB of any text quickly with
// it.
import { compilePattern, ownPatterns } from './patterns.ts'

const MOST_MS = 100
const PROBE_SIZE = 262_144
/** The number of measurements. The fastest one counts, because a single measurement on a busy machine is unreliable. */
const TRIES = 3

/** Returns the current time in milliseconds. */
export type Clock = () => number

const repeat = (text: string): string => text.repeat(Math.ceil(PROBE_SIZE / text.length)).slice(0, PROBE_SIZE)
const probes = (): readonly string[] => [
  repeat('a'),
  repeat('word another 1234 '),
  repeat('{"level":"info","msg":"GET /orders/17","requestId":"9e3779b1","ms":12} '),
]

/** The results of measurements by the real clock. Each pattern is measured only once. */
const measured = new Map<string, string | undefined>()

/** The reason why a pattern is not allowed; undefined if it is allowed. `clock`: the real clock by default. */
export const patternProblem = (pattern: string, clock?: Clock): string | undefined => {
  if (clock !== undefined) return judge(pattern, clock)
  if (!measured.has(pattern))
    measured.set(
      pattern,
      judge(pattern, () => performance.now()),
    )
  return measured.get(pattern)
}

const judge = (pattern: string, clock: Clock): string | undefined => {
  const compiled = compilePattern(pattern)
  if (compiled === undefined) return 'is not a regular expression of RE2, which has no lookaround and no backreferences'
  if (compiled.matcher('').find()) return 'is not a regular expression that matches something: it matches empty text'
  const [search] = ownPatterns([pattern])
  const isSlow = probes().some(text => quickest(() => search?.(text), clock) > MOST_MS)
  return isSlow ? `takes over ${MOST_MS} ms to search 256 KB` : undefined
}

const quickest = (run: () => unknown, clock: Clock): number => {
  let least = Number.POSITIVE_INFINITY
  for (let nth = 0; nth < TRIES && least > MOST_MS; nth += 1) {
    const from = clock()
    run()
    least = Math.min(least, clock() - from)
  }
  return least
}
