// Whether things exist in an account, one by one. What AWS does not answer is unread.
import type { Presence } from '../../features/deployments/reads.ts'

/** At most so many are looked for; the others are unread. */
const MOST = 20

/** `isThere`: undefined where AWS does not say. */
export const lookForAll = async (
  names: readonly string[],
  isThere: (name: string) => Promise<boolean | undefined>,
): Promise<Presence> => {
  const asked = names.slice(0, MOST)
  const found = await Promise.all(
    asked.map(async name => ({ name, there: await isThere(name).catch(() => undefined) })),
  )
  return {
    missing: found.flatMap(({ name, there }) => (there === false ? [name] : [])),
    unread: [...found.flatMap(({ name, there }) => (there === undefined ? [name] : [])), ...names.slice(MOST)],
  }
}
