// The newest lines of each stream are held back, in memory alone, until a look finds no more of them: what was written with
// them may come only then, and a secret that was cut between looks is seen as a whole. They are not in the cursor before
// they are shown: whoever takes over finds them again.
import type { LogLine } from './logs.ts'

/** So many looks at most, and only among so many lines: more are not remembered beside them (`MOST_SEEN`). */
const MOST_LOOKS = 5
const FLOOD = 1_000

/** Of a stream: its newest time, how many lines have it, and at how many looks in a row they were held back. */
type Newest = { readonly at: number; readonly count: number; readonly looks: number }

/**
 * `mostMs`: lines that are older are not held back; the next look, or whoever takes over, has to reach them. `isRepeated`:
 * whether the next look tells once more what was told.
 */
export const createHolding = ({ mostMs, isRepeated }: { readonly mostMs: number; readonly isRepeated: boolean }) => {
  let before: ReadonlyMap<string, Newest> = new Map()
  let held: readonly LogLine[] = []

  const withLooks = (stream: string, { at, count }: Counted, isLast: boolean): Newest => {
    const known = before.get(stream)
    const isSame = known?.at === at
    const isHeld = isSame ? known.count !== count && known.looks < MOST_LOOKS : !isLast
    return { at, count: isHeld || isRepeated ? count : 0, looks: isHeld ? (isSame ? known.looks : 0) + 1 : 0 }
  }

  return {
    /** What was held back and is not told again. */
    kept: (): readonly LogLine[] => held,
    /**
     * Lines of which no more is waited for, in their order. `now`: epoch milliseconds. `isLast`: nothing is held back that
     * was not before.
     */
    ready: (
      lines: readonly LogLine[],
      now: number,
      isLast = false,
    ): { readonly lines: readonly LogLine[]; readonly isHeld: boolean } => {
      const oldest = Math.max(now - mostMs, lines.at(-FLOOD)?.at ?? 0)
      const newest = new Map<string, Newest>()
      for (const [stream, counted] of countNewest(lines, oldest)) newest.set(stream, withLooks(stream, counted, isLast))
      const isHeld = ({ stream, at }: LogLine) => {
        const own = newest.get(stream)
        return own?.at === at && own.looks > 0
      }
      held = lines.filter(isHeld)
      const ready = held.length === 0 ? lines : lines.filter(line => !isHeld(line))
      before = newest
      return { lines: ready, isHeld: held.length > 0 }
    },
  }
}

type Counted = { readonly at: number; readonly count: number }

const countNewest = (lines: readonly LogLine[], oldest: number): ReadonlyMap<string, Counted> => {
  const newest = new Map<string, { at: number; count: number }>()
  for (const { stream, at } of lines) {
    const own = newest.get(stream)
    if (own !== undefined && own.at === at) own.count += 1
    else if (at > (own?.at ?? oldest)) newest.set(stream, { at, count: 1 })
  }
  return newest
}
