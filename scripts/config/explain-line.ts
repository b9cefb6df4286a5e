// Reads `"<who> <command>"` of `npm run config -- --explain`, and explains it by the rules of a file.

import { declarations } from '../../src/commands/declarations.ts'
import { commands } from '../../src/commands/index.ts'
import { type Config, isGroup } from '../../src/engine/rules/config.ts'
import { explain } from '../../src/engine/rules/explain/explain.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import { parseText } from '../../src/kit/language/invocation.ts'
import type { Target } from '../../src/kit/language/target.ts'
import type { ServiceRef } from '../../src/model/ecs.ts'
import { isProblem } from '../../src/model/errors.ts'

const USAGE =
  'write --explain "<who> <command>", such as --explain "U0123ABCD,S0ONCALL restart prod.us-east-1/web/orders-api"'

/**
 * `who`: ids separated by commas. A person (Slack id or corporate id), and the user groups (`S…` or `team:name`) that the person is
 * in, because the file does not know their members. Throws an error with the problem where the line cannot be read.
 */
export const explainLine = (
  line: string,
  published: Config,
  { now, tasks }: { readonly now: string; readonly tasks: number },
): readonly string[] => {
  const config = decodeConfig(JSON.stringify(published)) ?? published
  const [, who = '', command = ''] = /^\s*(\S+)\s+(.+)$/s.exec(line) ?? []
  const invocation = parseText(command, declarations)
  if (who === '') throw new Error(USAGE)
  if (isProblem(invocation)) throw new Error(plain(`${invocation.text} ${invocation.hint ?? ''}`))
  const found = commands.find(({ name }) => name === invocation.command)
  if (found?.kind !== 'mutation')
    throw new Error(`${invocation.command} changes nothing, so no approval rule is about it`)
  const service = (invocation.values as { readonly service?: unknown }).service
  const ref = refOf(service, config)
  const { user, groups } = personOf(who.split(','), config)
  const isExec = /^(?:exec|run)\b/.test(found.name) && found.name !== 'exec enable'
  const also = ['deploy', 'exec enable'].includes(found.name) ? ['restart'] : []
  const asked = { actor: { team: config.team, user, name: who }, command: found.name, also, ref, size: tasks }
  return explain({ ...asked, role: isExec ? 'exec' : 'operator' }, config, { now, groups, placeLocks: [] })
}

const plain = (text: string): string => text.replaceAll('*', '')

const refOf = (value: unknown, config: Config): ServiceRef => {
  const { account, region, cluster, service } = (value ?? {}) as Partial<Target>
  const found = config.accounts.find(({ name, id }) => name === account || id === account)
  if (cluster === undefined || service === undefined || found === undefined)
    throw new Error('name one service in full, such as prod.us-east-1/web/orders-api')
  return {
    account: found.name,
    accountId: found.id,
    region: region ?? found.regions[0] ?? '',
    cluster,
    service,
    arn: '',
  }
}

const personOf = (ids: readonly string[], config: Config) => {
  const groupOf = (one: string): string | undefined =>
    one.startsWith('team:') ? config.teams?.[one.slice('team:'.length)]?.group : isGroup(one) ? one : undefined
  const [person, ...others] = ids.filter(one => groupOf(one) === undefined)
  const user = Object.keys(config.people).find(id => id === person || config.people[id] === person)
  if (others.length > 0 || (person !== undefined && user === undefined))
    throw new Error(`${others[0] ?? person} is not a person under \`people\`, a user group (S…) or a team`)
  const anyone = user ?? Object.keys(config.people)[0]
  if (anyone === undefined) throw new Error('the configuration lists no people')
  const named = new Set(ids.flatMap(one => groupOf(one) ?? []))
  const all = [...named, ...groupsIn(config)]
  return { user: anyone, groups: Object.fromEntries(all.map(one => [one, named.has(one) ? [anyone] : []])) }
}

/** The file does not know who is in a group: all but those that the line names are taken as without this person. */
const groupsIn = (config: Config): readonly string[] =>
  [...config.access.flatMap(({ who }) => who), ...config.approverDenials.flatMap(({ who }) => who)].filter(isGroup)
