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

/** The characters of a log group's name, 1 to 512 (CloudWatch Logs API reference, CreateLogGroup). */
const NAME = '[.\\-_/#A-Za-z0-9]{1,512}'
const GROUP_ARN = new RegExp(`^arn:aws[\\w-]*:logs:([a-z0-9-]+):(\\d{12}):log-group:(${NAME})(?::\\*)?$`)
const SCOPE = '([A-Za-z0-9_-]{1,255})(?:\\.([a-z]{2,4}(?:-[a-z]+){1,3}-\\d))?'
/**
 * Matches `/ecs/orders-api`, `prod.us-east-1:/ecs/orders-api`, and any name behind `log-group:`, as ARNs write it. A name
 * with a dot or `#` is no service's.
 */
const GROUP = new RegExp(`^(?:(?!log-group:)${SCOPE}:)?(?:log-group:(${NAME})|(?=[/#.]|[^/:]*[#.])(${NAME}))$`)
const MARKED = /^(?:[^/:]*:)?(?:log-group:|\/)|#/

export const parseLogTarget = (text: string): LogTarget | Problem => {
  const [, region, account, group] = GROUP_ARN.exec(text) ?? []
  if (region && account && group) return { account, region, group }
  if (MARKED.test(text)) return parseGroup(text)
  const target = parseTarget(text)
  return 'kind' in target && GROUP.test(text) ? parseGroup(text) : target
}

const parseGroup = (text: string): GroupTarget | Problem => {
  const [, account, region, marked, plain] = GROUP.exec(text) ?? []
  const group = marked ?? plain
  if (group === undefined)
    return problem(
      `\`${text.slice(0, 100)}\` is not a log group’s name.`,
      'Write `/ecs/orders-api`, `log-group:<name>`, or its ARN.',
    )
  return { group, ...(account !== undefined && { account }), ...(region !== undefined && { region }) }
}

export const printLogTarget = (target: LogTarget): string => {
  if ('service' in target) return printTarget(target)
  const { account, region } = target
  const group = target.group.startsWith('/') ? target.group : `log-group:${target.group}`
  return account === undefined ? group : `${account}${region === undefined ? '' : `.${region}`}:${group}`
}
