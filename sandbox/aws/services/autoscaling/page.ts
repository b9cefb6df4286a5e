// Splits lists into pages. A page size above the maximum is reduced to the maximum, without an error. A token is valid
// only for the list that returned it.

import { AwsError } from '../../wire/service.ts'
import { invalid } from './errors.ts'

type PageRequest = { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined }

const badToken = () => new AwsError('InvalidNextTokenException', 'The next token supplied was invalid')

const startOf = (token: string | undefined, list: string): number => {
  if (token === undefined) return 0
  const [of, start] = Buffer.from(token, 'base64url').toString('utf8').split('#')
  if (of !== list || !/^\d+$/.test(start ?? '')) throw badToken()
  return Number(start)
}

/** One page of items. `list`: the action. `most`: the maximum page size, which is also the default. */
export const pageOf = <T>(items: readonly T[], list: string, { MaxResults, NextToken }: PageRequest, most = 50) => {
  if (MaxResults !== undefined && MaxResults < 0) throw invalid('MaxResults cannot be less than 0')
  const start = startOf(NextToken, list)
  const end = start + Math.min(MaxResults ?? most, most)
  const token = Buffer.from(`${list}#${end}`).toString('base64url')
  return { page: items.slice(start, end), ...(end < items.length && { NextToken: token }) }
}
