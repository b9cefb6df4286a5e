// Reads paginated lists, splits requests into chunks, and tells what is missing in an answer.
import { RemoteError } from '../../../model/errors.ts'

/**
 * DescribeClusters answers for a cluster that is gone with a failure, MISSING, beside an empty list. Source: ECS developer
 * guide, API failure reasons.
 */
export const missingCluster = (name: string): RemoteError =>
  new RemoteError(`ECS has no cluster ${name} any more`, { code: 'MISSING', passing: false })

/** Reads all items of a list. `page`: reads one page by its token. */
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
 * Splits items into chunks of at most `size`. Empty names and ARNs, which AWS answers for what is gone, are left out: AWS
 * refuses a whole request for one of them.
 */
export const chunks = <T>(items: readonly T[], size: number): T[][] => {
  const given = items.filter(item => item !== '')
  return Array.from({ length: Math.ceil(given.length / size) }, (_, at) => given.slice(at * size, (at + 1) * size))
}
