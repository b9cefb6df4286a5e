// Decodes the published configuration, and spreads its rules about teams.

import { isRecord } from '../../../model/json.ts'
import { type Config, DEFAULTS } from '../config.ts'
import { withTeamRules } from '../teams/teams.ts'

const LISTS = [
  'accounts',
  'access',
  'approverDenials',
  'consent',
  'risk',
  'ceilings',
  'freezes',
  'onCall',
  'digests',
] as const

/**
 * Decodes the published JSON; undefined if it is not a configuration. Checks only the shape, because the compiler has
 * validated the values.
 */
export const decodeConfig = (text: string): Config | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value) || !isRecord(value['people'])) return undefined
    const hasTexts = ['version', 'team', 'channel'].every(key => typeof value[key] === 'string')
    const whole: Readonly<Record<string, unknown>> = { ...DEFAULTS, ...value }
    return hasTexts && LISTS.every(key => Array.isArray(whole[key])) && isLeaseRules(whole['leases'])
      ? withTeamRules(whole as unknown as Config)
      : undefined
  } catch {
    return undefined
  }
}

const isLeaseRules = (value: unknown): boolean =>
  isRecord(value) && typeof value['longestMinutes'] === 'number' && Array.isArray(value['permanent'])
