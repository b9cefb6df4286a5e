// The services that call a service through Service Connect.

import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { StatusReads } from './reads.ts'

export type CallerReads = Pick<StatusReads, 'serviceDetail' | 'callers'>

/** The sorted names of the calling services; undefined if a read failed. Only clients of Service Connect are known. */
export const loadCallers = async (
  ref: ServiceRef,
  read: CallerReads,
  now: string,
): Promise<readonly string[] | undefined> => {
  try {
    const detail = await read.serviceDetail(ref)
    if (detail === undefined) return undefined
    const names = detail.connect?.names ?? []
    return names.length === 0 ? [] : await read.callers(ref, names, now)
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return undefined
  }
}

/** The number of names above which only the first two are listed. */
const MOST_NAMES = 3

/** `checkout and web call it`, `checkout, web and 3 more call it`; empty if there are none. */
export const callersText = (callers: readonly string[]): string => {
  const names = callers.map(name => plainName(name, 30))
  const shown = names.length > MOST_NAMES ? [...names.slice(0, 2), `${names.length - 2} more`] : names
  const last = shown.at(-1)
  if (last === undefined) return ''
  return shown.length === 1 ? `${last} calls it` : `${shown.slice(0, -1).join(', ')} and ${last} call it`
}
