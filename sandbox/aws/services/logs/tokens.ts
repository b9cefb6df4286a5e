// Page tokens of CloudWatch Logs. A token is opaque and valid for 24 hours.

import { invalid } from './errors.ts'

const LIFE = 24 * 3_600_000

type Stamped<T> = T & { readonly issuedAt: number }

export const writeToken = (position: object, now: number): string =>
  Buffer.from(JSON.stringify({ ...position, issuedAt: now })).toString('base64url')

const decoded = <T>(token: string): Stamped<T> => {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Stamped<T>
  } catch {
    throw invalid('The specified nextToken is invalid.')
  }
}

export const readToken = <T>(token: string, now: number): T => {
  const position = decoded<T>(token)
  if (typeof position?.issuedAt !== 'number') throw invalid('The specified nextToken is invalid.')
  if (now - position.issuedAt > LIFE) throw invalid('The specified nextToken is expired.')
  return position
}
