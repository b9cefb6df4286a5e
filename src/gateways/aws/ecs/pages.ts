// Reads paginated lists, splits requests into chunks, and creates the error for a missing cluster.
import { RemoteError } from '../../../model/errors.ts'

/**
 * The error for a cluster that does not exist. DescribeClusters returns an empty list for it, and a failure with the reason
 * MISSING. Source: ECS developer guide, API failure reasons.
 */
export const missingCluster = (name: string): RemoteError =>
  new RemoteError(`ECS has no cluster ${name} any more`, { code: 'MISSING', passing: false })

/** Reads all items of a list. `page`: reads the page with this token; the first page has no token. */
export const pages = async <T>(
  page: (token: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<readonly T[]> => {
  const all: T[] = []
  let token: string | undefined
  do {
    const { items, next } = await page(token)
    all.push(...items)
    token = next
  } while (token !== undefined)
  return all
}

/**
 * Splits items into chunks of at most `size`. Leaves out empty strings: AWS returns an empty name or ARN for a resource that
 * no longer exists, and refuses a whole request that contains one.
 */
export const chunks = <T>(items: readonly T[], size: number): T[][] => {
  const given = items.filter(item => item !== '')
  return Array.from({ length: Math.ceil(given.length / size) }, (_, at) => given.slice(at * size, (at + 1) * size))
}
