// The newest lines of each stream are held back, in memory alone, until the look after: what was written with them may come
// only then, and a secret that was cut between two looks is seen as a whole. They are not in the cursor before they are
// shown: whoever takes over finds them again.
import type { LogLine } from './logs.ts'

/** `mostMs`: lines that are older are not held back; the next look, or whoever takes over, has to reach them. */
export const createHolding = (mostMs: number) => {
  /** Of each stream, the time of what was held back at the last look. */
  let before: ReadonlyMap<string, number> = new Map()
  let held: readonly LogLine[] = []
  return {
    /** What was held back and is not told again. */
    kept: (): readonly LogLine[] => held,
    /** Lines of which no more is waited for, in their order. `now`: epoch milliseconds. */
    ready: (
      lines: readonly LogLine[],
      now: number,
    ): { readonly lines: readonly LogLine[]; readonly isHeld: boolean } => {
      const newest = new Map<string, number>()
      for (const { stream, at } of lines) if (at > (newest.get(stream) ?? now - mostMs)) newest.set(stream, at)
      const isHeld = ({ stream, at }: LogLine) => newest.get(stream) === at && before.get(stream) !== at
      held = lines.filter(isHeld)
      const ready = held.length === 0 ? lines : lines.filter(line => !isHeld(line))
      before = newest
      return { lines: ready, isHeld: held.length > 0 }
    },
  }
}
