// The target of a log command: a service, a task or a log group.

import type { ServiceRef } from '../../model/ecs.ts'
import { type Problem, problem } from '../../model/errors.ts'
import { parseTarget, printTarget, type Target } from './target.ts'

/**
 * A log group by name. Without account and region, it means every account in which the asker may see all log groups.
 */
export type GroupTarget = { readonly account?: string; readonly region?: string; readonly group: string }

export type LogTarget = Target | GroupTarget

/** A resolved log group. */
export type GroupRef = Pick<ServiceRef, 'account' | 'accountId' | 'region'> & { readonly group: string }

const GROUP_ARN = /^arn:aws[\w-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([.\-_/#A-Za-z0-9]{1,512})(?::\*)?$/
/**
 * Matches `/ecs/orders-api` or `prod.us-east-1:/ecs/orders-api`. CloudWatch Logs API reference: characters of a log
 * group name.
 */
const GROUP = /^(?:([A-Za-z0-9_-]{1,255})(?:\.([a-z]{2,4}(?:-[a-z]+){1,3}-\d))?:)?(\/[.\-_/#A-Za-z0-9]{1,511})$/

export const parseLogTarget = (text: string): LogTarget | Problem => {
  const [, region, account, group] = GROUP_ARN.exec(text) ?? []
  if (region && account && group) return { account, region, group }
  if (text.startsWith('/') || text.includes(':/')) return parseGroup(text)
  return parseTarget(text)
}

const parseGroup = (text: string): GroupTarget | Problem => {
  const [, account, region, group] = GROUP.exec(text) ?? []
  if (group === undefined)
    return problem(`\`${text.slice(0, 100)}\` is not a log group’s name.`, 'Write `/ecs/orders-api`, or its ARN.')
  return { group, ...(account !== undefined && { account }), ...(region !== undefined && { region }) }
}

export const printLogTarget = (target: LogTarget): string => {
  if ('service' in target) return printTarget(target)
  const { account, region, group } = target
  return account === undefined ? group : `${account}${region === undefined ? '' : `.${region}`}:${group}`
}
