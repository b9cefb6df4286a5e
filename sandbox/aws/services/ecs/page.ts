// Splits lists into pages. A token is valid only for the list that returned it.

import { invalid } from './errors.ts'

type PageRequest = { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined }

const tokenOf = (key: string) => Buffer.from(JSON.stringify({ after: key })).toString('base64url')

const readToken = (token: string): string => {
  try {
    return String((JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as { after: string }).after)
  } catch {
    throw invalid('Invalid token')
  }
}

/**
 * One page of items. `keyOf` must be unique for each item; the next page starts after the item with the token's key.
 */
export const pageOf = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: PageRequest,
  sizes: { usual: number; most: number },
) => {
  const size = request.maxResults ?? sizes.usual
  if (size < 1 || size > sizes.most) throw invalid(`Max results must be between 1 and ${sizes.most}.`)
  const after = request.nextToken ? readToken(request.nextToken) : undefined
  const start = after === undefined ? 0 : items.findIndex(item => keyOf(item) === after) + 1
  if (after !== undefined && start === 0) throw invalid('Invalid token')
  const page = items.slice(start, start + size)
  const last = page.at(-1)
  const isMore = start + size < items.length && last !== undefined
  return { page, ...(isMore && { nextToken: tokenOf(keyOf(last)) }) }
}
