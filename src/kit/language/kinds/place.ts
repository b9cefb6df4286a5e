// The argument kinds for services, tasks, log groups, revisions, clusters and accounts.

import { type Problem, problem } from '../../../model/errors.ts'
import { type LogTarget, parseLogTarget, printLogTarget } from '../log-target.ts'
import { type PlaceText, parsePlace } from '../place.ts'
import { parseTarget, printTarget, type Target } from '../target.ts'
import type { Kind } from './kind.ts'

export const service: Kind<Target> = {
  usage: '<service>',
  example: 'orders-api',
  parse: parseTarget,
  print: printTarget,
}

const parseServices = (text: string): readonly Target[] | Problem => {
  const targets: Target[] = []
  for (const part of text.split(',').filter(part => part !== '')) {
    const target = parseTarget(part)
    if ('kind' in target) return target
    targets.push(target)
  }
  return targets
}

export const services: Kind<readonly Target[]> = {
  usage: '<service,…>',
  example: 'orders-api,checkout',
  parse: parseServices,
  print: targets => targets.map(printTarget).join(','),
}

/** The argument kind for a service, a cluster or an account. */
export const place: Kind<PlaceText> = {
  usage: '<service|cluster|account>',
  example: 'prod/web',
  parse: parsePlace,
  print: ({ text }) => text,
}

/** The argument kind for a service or the id of an operation. */
export const about: Kind<string> = {
  usage: '<service|operation>',
  example: 'orders-api',
  parse: text =>
    /^[A-Za-z0-9_.:/-]{1,400}$/.test(text)
      ? text
      : problem(`\`${text.slice(0, 100)}\` is neither a service nor an operation.`),
  print: text => text,
}

const parseTask = (text: string): string | Problem => {
  const id = text.split('/').at(-1) ?? ''
  return /^[0-9a-f-]{4,36}$/.test(id)
    ? id
    : problem(`\`${text.slice(0, 100)}\` is not a task.`, 'Write its id, or at least the first 4 characters.')
}

/** The argument kind for a task: its id, the first characters of its id, or its ARN. */
export const task: Kind<string> = { usage: '<task>', example: '3f2a91c0', parse: parseTask, print: id => id }

const parseRevision = (text: string): string | Problem => {
  const name = text.split('/').at(-1) ?? ''
  return /^([\w-]{1,255}:\d{1,9}|\d{1,30})$/.test(name)
    ? name
    : problem(`\`${text.slice(0, 100)}\` is not a revision.`, 'Write `orders-api:6`, or `6`.')
}

/**
 * The argument kind for a revision: a task definition (`orders-api:6`, or `6`), or the id or ARN of a service revision.
 */
export const revision: Kind<string> = {
  usage: '<revision>',
  example: 'orders-api:6',
  parse: parseRevision,
  print: name => name,
}

export const logs: Kind<LogTarget> = {
  usage: '<service|task|log group>',
  example: 'orders-api',
  parse: parseLogTarget,
  print: printLogTarget,
}
