// Checks whether resources exist in an account, one by one. A resource is unread if AWS does not say whether it exists.
import type { Presence } from '../../features/deployments/reads.ts'

/** The maximum number of resources that are checked. All others are reported as unread. */
const MOST = 20

/** Checks the named resources. `isThere`: whether one exists; undefined if AWS does not say. */
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
