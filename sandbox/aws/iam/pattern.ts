// Matches the patterns of IAM policies: `*`, `?`, and variables such as `${aws:PrincipalTag/team, 'nobody'}`. Source:
// IAM user guide, policy elements: variables and tags; Resource; ARNs.

import type { Keys } from './context.ts'
import { UnsupportedPolicy } from './policy.ts'

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const literals: ReadonlyMap<string, string> = new Map(['*', '?', '$'].map(char => [`\${${char}}`, char]))

/** The value of a policy variable; undefined if its key is absent or has several values. */
const resolve = (variable: string, keys: Keys): string | undefined => {
  const [, key, fallback] = /^\$\{([^,}]+)(?:, '([^']*)')?\}$/.exec(variable) ?? []
  if (key === undefined) throw new UnsupportedPolicy(`the variable ${variable}`)
  const value = keys.find(key)
  return typeof value === 'string' ? value : fallback
}

export type PatternOptions = { readonly hasWildcards: boolean; readonly ignoresCase?: boolean }

const wild: ReadonlyMap<string, string> = new Map([
  ['*', '.*'],
  ['?', '.'],
])

/** A cache of compiled patterns without variables, because the same patterns are matched often. */
const compiled = new Map<string, RegExp | undefined>()
const MOST_COMPILED = 5_000

/**
 * Compiles a pattern. Returns undefined if a variable has no value; such a pattern matches nothing. Wildcard characters in
 * the value of a variable are plain text.
 */
export const compile = (text: string, keys: Keys, options: PatternOptions): RegExp | undefined => {
  if (text.includes('$')) return compileUncached(text, keys, options)
  const id = `${options.hasWildcards} ${options.ignoresCase} ${text}`
  if (compiled.has(id)) return compiled.get(id)
  if (compiled.size >= MOST_COMPILED) compiled.clear()
  const expression = compileUncached(text, keys, options)
  compiled.set(id, expression)
  return expression
}

const compileUncached = (text: string, keys: Keys, options: PatternOptions): RegExp | undefined => {
  const source: string[] = []
  for (const part of text.split(/(\$\{[^}]*\}|[*?])/)) {
    const isVariable = part.startsWith('${') && part.endsWith('}') && !literals.has(part)
    const value = isVariable ? resolve(part, keys) : (literals.get(part) ?? part)
    if (value === undefined) return undefined
    source.push((options.hasWildcards && wild.get(part)) || escaped(value))
  }
  return new RegExp(`^${source.join('')}$`, options.ignoresCase ? 'is' : 's')
}

const noKeys: Keys = { find: () => undefined }

/** Whether an action matches a pattern. Actions are not case-sensitive and contain no variables. */
export const isActionLike = (pattern: string, action: string): boolean => {
  if (pattern === '*') return true
  if (!/^[\w-]+:[\w*?]+$/.test(pattern)) throw new UnsupportedPolicy(`the action ${pattern}`)
  return compile(pattern, noKeys, { hasWildcards: true, ignoresCase: true })?.test(action) ?? false
}

/**
 * The parts of an ARN after `arn`: partition, service, region, account and the rest. Undefined if the text is not an
 * ARN.
 */
const partsOf = (arn: string): readonly string[] | undefined => {
  const [prefix, ...rest] = arn.split(':')
  return prefix === 'arn' && rest.length >= 5 ? [...rest.slice(0, 4), rest.slice(4).join(':')] : undefined
}

/**
 * Whether an ARN matches a pattern. Each part is matched separately, so a wildcard does not match any of the first five
 * colons.
 */
export const isArnLike = (pattern: string, arn: string, keys: Keys): boolean => {
  const patternParts = partsOf(pattern)
  if (!patternParts) throw new UnsupportedPolicy(`the ARN ${pattern}`)
  const given = partsOf(arn)
  return (
    given !== undefined &&
    patternParts.every((part, n) => compile(part, keys, { hasWildcards: true })?.test(given[n] ?? ''))
  )
}

/**
 * Checks a pattern of `Resource`. Throws if a variable is not in the last part of the ARN, or if the resource type is not
 * literal.
 */
const checkResource = (pattern: string) => {
  const parts = partsOf(pattern)
  const type = /^([^/:]*)[/:]/.exec(parts?.at(-1) ?? '')?.[1] ?? ''
  if (!parts || parts.slice(0, 4).some(part => part.includes('${')) || /[*?]/.test(type))
    throw new UnsupportedPolicy(`the resource ${pattern}`)
}

/**
 * Whether a resource matches a pattern. A request without a resource has the resource `*`, which only the pattern `*`
 * matches.
 */
export const isResourceLike = (pattern: string, resource: string, keys: Keys): boolean => {
  if (pattern === '*') return true
  checkResource(pattern)
  return isArnLike(pattern, resource, keys)
}
