// The constraints of AWS's service models: required members, enums, ranges, lengths and patterns of a request. The files in
// constraints/ contain the constraints of each operation in the sandbox, by member path. In a path, `a[]` is an element of
// a list, `a{}` a value of a map, `a{key}` a key of a map, and `.` the request. Source: the public service models of May
// 2026.

import { NormalizedSchema } from '@smithy/core/schema'
import type { $SchemaRef } from '@smithy/types'
import { AwsError } from './service.ts'
import { missingMembers } from './shape.ts'

/** The constraints of one member. `min` and `max`: the limits of a number, or of the length of any other value. */
export type Rule = {
  readonly required?: readonly string[]
  readonly enum?: readonly string[]
  /** The name of the enum in the SDK. Values that the SDK has in addition to the model are valid too. */
  readonly name?: string
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}

/** The rules of a service: by operation, then by member path. */
export type Rules = Readonly<Record<string, Readonly<Record<string, Rule>>>>

/** The module of an SDK client. It exports a schema such as `UpdateService$` for each operation, and the enums. */
export type ClientModule = Readonly<Record<string, unknown>>

/** A constraint that a request breaks. `at`: the path of the member as AWS writes it, `tags.1.member.key`. */
export type Broken = {
  readonly at: string
  /** The value that breaks the constraint; undefined for a missing member. */
  readonly value?: unknown
  readonly rule: Rule
  /** The text of the constraint in AWS's words, such as `Member must not be null`. */
  readonly must: string
}

/** Returns the error of a service for the constraints that a request breaks. `broken`: at least one constraint. */
export type Refuse = (broken: readonly [Broken, ...Broken[]], action: string) => AwsError

/** Replacements for patterns that JavaScript cannot compile, or that have another meaning in JavaScript than in AWS. */
const TRANSLATED: Readonly<Record<string, string>> = { '\\p{Print}+': '[\\x20-\\x7e]+' }

const compile = (pattern: string): RegExp => {
  const source = `^(?:${TRANSLATED[pattern] ?? pattern})$`
  try {
    return new RegExp(source, 'u')
  } catch {
    return new RegExp(source)
  }
}

const lengthOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? Object.keys(value).length : undefined
}

/** A check of a single value. `must`: AWS's text for the constraint, which depends on whether the value is a number. */
type Demand = { readonly must: (value: unknown) => string; readonly holds: (value: unknown) => boolean }

const limit = (
  size: number | undefined,
  words: string,
  fits: (size: number, limit: number) => boolean,
): readonly Demand[] =>
  size === undefined
    ? []
    : [
        {
          must: value => `Member must have ${typeof value === 'number' ? 'value' : 'length'} ${words} equal to ${size}`,
          holds: value => fits(lengthOf(value) ?? size, size),
        },
      ]

/** The checks that a rule needs for a single value, in AWS's order. */
const demandsOf = (rule: Rule, client: ClientModule): readonly Demand[] => {
  const { min, max, pattern } = rule
  const allowed = rule.enum && [...rule.enum, ...newerOf(rule, client)]
  const written = pattern === undefined ? undefined : compile(pattern)
  const text = (must: string, test: (value: string) => boolean): Demand => ({
    must: () => must,
    holds: value => typeof value !== 'string' || test(value),
  })
  return [
    ...limit(max, 'less than or', (size, most) => size <= most),
    ...limit(min, 'greater than or', (size, least) => size >= least),
    ...(written
      ? [text(`Member must satisfy regular expression pattern: ${pattern}`, value => written.test(value))]
      : []),
    ...(allowed
      ? [text(`Member must satisfy enum value set: [${allowed.join(', ')}]`, value => allowed.includes(value))]
      : []),
  ]
}

const newerOf = ({ name = '', enum: known = [] }: Rule, client: ClientModule): readonly string[] =>
  Object.values((client[name] ?? {}) as Record<string, string>).filter(value => !known.includes(value))

type Found = { readonly at: string; readonly value: unknown }

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

const join = (at: string, name: string) => (at === '' ? name : `${at}.${name}`)

/** The values at a path. `steps`: the names of members, and `[]`, `{}` and `{key}`. */
const valuesAt = ({ at, value }: Found, [step, ...rest]: readonly string[]): readonly Found[] => {
  if (step === undefined || value === undefined || value === null) return value == null ? [] : [{ at, value }]
  const inner = (): readonly Found[] => {
    if (step === '[]') return (value as unknown[]).map((item, n) => ({ at: join(at, `${n + 1}.member`), value: item }))
    const entries = Object.entries(value)
    if (step === '{}') return entries.map(([key, item]) => ({ at: join(at, `${key}.member`), value: item }))
    if (step === '{key}') return entries.map(([key]) => ({ at, value: key }))
    return [{ at: join(at, lowerFirst(step)), value: (value as Record<string, unknown>)[step] }]
  }
  return inner().flatMap(found => valuesAt(found, rest))
}

const stepsOf = (path: string): readonly string[] => (path === '.' ? [] : (path.match(/\w+|\[\]|\{(?:key)?\}/g) ?? []))

/** The text for constraints on elements of a list or map. AWS reports them for the list or map, in brackets. */
const WRAPPED: Readonly<Record<string, string>> = {
  '[]': 'Member must satisfy constraint',
  '{}': 'Map value must satisfy constraint',
  '{key}': 'Map keys must satisfy constraint',
}

type Check = (input: unknown) => readonly Broken[]

const checkOf = (path: string, rule: Rule, client: ClientModule): Check => {
  const steps = stepsOf(path)
  const demands = demandsOf(rule, client)
  const wrap = WRAPPED[steps.at(-1) ?? '']
  const outer = wrap === undefined ? steps : steps.slice(0, -1)
  const last = wrap === undefined ? [] : steps.slice(-1)
  const required = (input: unknown) =>
    valuesAt({ at: '', value: input }, steps).flatMap(({ at, value }) =>
      (rule.required ?? [])
        .filter(name => (value as Record<string, unknown>)[name] == null)
        .map(name => ({ at: join(at, lowerFirst(name)), rule, must: 'Member must not be null' })),
    )
  return input => [
    ...required(input),
    ...valuesAt({ at: '', value: input }, outer).flatMap((found): readonly Broken[] => {
      const values = valuesAt(found, last).map(({ value }) => value)
      const broken = demands.filter(({ holds }) => !values.every(holds))
      if (wrap === undefined) return broken.map(({ must }) => ({ ...found, rule, must: must(found.value) }))
      const musts = demands.map(({ must }) => must(values[0])).join(', ')
      return broken.length === 0 ? [] : [{ ...found, rule, must: `${wrap}: [${musts}]` }]
    }),
  ]
}

/** The missing members according to the SDK's schema. This schema can be newer than the rules. */
const missingIn = (client: ClientModule, action: string, input: unknown): readonly Broken[] => {
  const schema = client[`${action}$`]
  if (!Array.isArray(schema)) return []
  return missingMembers(NormalizedSchema.of(schema[4] as $SchemaRef), input).map(path => ({
    at: path.split('.').map(lowerFirst).join('.'),
    rule: {},
    must: 'Member must not be null',
  }))
}

/** Creates the function that checks the requests of a service, and throws the service's error for a broken constraint. */
export const demandFrom = ({
  client = {},
  rules,
  refuse,
}: {
  readonly client?: ClientModule
  readonly rules: Rules
  readonly refuse: Refuse
}) => {
  const checks = new Map<string, readonly Check[]>()
  const checksOf = (action: string): readonly Check[] => {
    const known = checks.get(action)
    if (known) return known
    const own = Object.hasOwn(rules, action) ? Object.entries(rules[action] ?? {}) : []
    const made = own.map(([path, rule]) => checkOf(path, rule, client))
    checks.set(action, made)
    return made
  }
  return (action: string, input: Readonly<Record<string, unknown>>): void => {
    const missing = missingIn(client, action, input)
    const others = checksOf(action).flatMap(check => check(input))
    const seen = new Set(missing.map(({ at }) => at))
    const [first, ...more] = [...missing, ...others.filter(({ at }) => !seen.has(at))]
    if (first) throw refuse([first, ...more], action)
  }
}

const inWords = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inWords).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([name, member]) => `${name}=${inWords(member)}`)
  return `{${members.join(', ')}}`
}

/** The text for one broken constraint, as AWS's model validation writes it. */
export const brokenText = ({ at, value, must }: Broken): string =>
  `Value ${value === undefined ? 'null' : `'${inWords(value)}'`} at '${at}' failed to satisfy constraint: ${must}`

/** The error for broken constraints with the text that most services use. */
export const modelError =
  (code: string, fieldsOf: (message: string) => Readonly<Record<string, unknown>> = () => ({})): Refuse =>
  broken => {
    const count = broken.length === 1 ? '1 validation error' : `${broken.length} validation errors`
    const message = `${count} detected: ${broken.map(brokenText).join('; ')}`
    return new AwsError(code, message, { fields: fieldsOf(message) })
  }
