// Evaluates the condition operators of IAM policies. Sources, all in the IAM user guide: condition operators; multivalued
// context keys; policy variables with no value.

import type { ContextValue, Keys } from './context.ts'
import { compile, isArnLike, type PatternOptions } from './pattern.ts'
import { type Condition, UnsupportedPolicy } from './policy.ts'

/** Whether a value of the request matches a value of the policy. */
type Compare = (expected: string, actual: string, keys: Keys) => boolean
type Operator = { readonly compare: Compare; readonly isNegated: boolean }

const text =
  (options: PatternOptions): Compare =>
  (expected, actual, keys) =>
    compile(expected, keys, options)?.test(actual) ?? false

const numberOf = (written: string): number => (written.trim() === '' ? Number.NaN : Number(written))

const numeric =
  (holds: (actual: number, expected: number) => boolean): Compare =>
  (expected, actual) => {
    if (Number.isNaN(numberOf(expected))) throw new UnsupportedPolicy(`the number ${expected}`)
    return holds(numberOf(actual), numberOf(expected))
  }

const bool: Compare = (expected, actual) => {
  if (!/^(true|false)$/i.test(expected)) throw new UnsupportedPolicy(`the truth value ${expected}`)
  return expected.toLowerCase() === actual.toLowerCase()
}

const arn: Compare = (expected, actual, keys) => isArnLike(expected, actual, keys)

const positive: Readonly<Record<string, Compare>> = {
  StringEquals: text({ hasWildcards: false }),
  StringEqualsIgnoreCase: text({ hasWildcards: false, ignoresCase: true }),
  StringLike: text({ hasWildcards: true }),
  ArnEquals: arn,
  ArnLike: arn,
  Bool: bool,
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
}

const negated: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
}

const operatorOf = (name: string): Operator => {
  const isNegated = Object.hasOwn(negated, name)
  const base = isNegated ? (negated[name] ?? '') : name
  const compare = Object.hasOwn(positive, base) ? positive[base] : undefined
  if (!compare) throw new UnsupportedPolicy(`the condition operator ${name}`)
  return { compare, isNegated }
}

/** Whether a condition is true for a value: a policy value matches or, for a negated operator, no policy value matches. */
const holdsFor = ({ compare, isNegated }: Operator, actual: string, values: readonly string[], keys: Keys): boolean =>
  // All values are compared, so an unsupported value is always found.
  values.map(expected => compare(expected, actual, keys)).includes(true) !== isNegated

/** Whether a condition without ForAllValues or ForAnyValue is true. A key with several values never matches it. */
const holdsForOne = (operator: Operator, value: ContextValue, values: readonly string[], keys: Keys): boolean =>
  typeof value === 'string' && holdsFor(operator, value, values, keys)

const isAbsent = (key: string, values: readonly string[], keys: Keys): boolean => {
  const expected = values.map(value => value.toLowerCase())
  if (expected.some(value => value !== 'true' && value !== 'false')) throw new UnsupportedPolicy(`Null with ${values}`)
  return expected.includes(keys.find(key) === undefined ? 'true' : 'false')
}

const written = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/

export const holds = ({ operator: name, key, values }: Condition, keys: Keys): boolean => {
  if (name === 'Null') return isAbsent(key, values, keys)
  const [, set, base = '', ifExists] = written.exec(name) ?? []
  const operator = operatorOf(base)
  // The sources disagree about the effect of IfExists after ForAnyValue.
  if (set === 'ForAnyValue' && ifExists) throw new UnsupportedPolicy(`the condition operator ${name}`)
  const value = keys.find(key)
  if (value === undefined)
    return set === undefined ? ifExists !== undefined || operator.isNegated : set === 'ForAllValues'
  if (set === undefined) return holdsForOne(operator, value, values, keys)
  const each = [value].flat().map(one => holdsFor(operator, one, values, keys))
  return set === 'ForAllValues' ? !each.includes(false) : each.includes(true)
}
