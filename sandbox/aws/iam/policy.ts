// Parses an IAM policy document into statements. Throws for an unknown element, because its effect is not known.

/** A condition: one operator, one key and the values. The condition is true if one of the values matches. */
export type Condition = { readonly operator: string; readonly key: string; readonly values: readonly string[] }

/** The patterns of `Action` or `Resource`. `isNegated`: the patterns are those of `NotAction` or `NotResource`. */
export type Patterns = { readonly patterns: readonly string[]; readonly isNegated: boolean }

export type Principals = readonly { readonly kind: string; readonly value: string }[]

export type Statement = {
  readonly effect: 'Allow' | 'Deny'
  readonly actions: Patterns
  /** The resources; absent in a trust policy, which applies to its own role. */
  readonly resources?: Patterns
  /** The principals; present only in trust policies. */
  readonly principals?: Principals
  readonly conditions: readonly Condition[]
}

/** The error for a policy element that this evaluator does not support. */
export class UnsupportedPolicy extends Error {
  constructor(message: string) {
    super(`The sandbox's IAM does not know ${message}`)
    this.name = 'UnsupportedPolicy'
  }
}

type Kind = 'permissions' | 'trust'
type Element = Readonly<Record<string, unknown>>

const isElement = (value: unknown): value is Element =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const elementOf = (value: unknown, what: string): Element => {
  if (!isElement(value)) throw new UnsupportedPolicy(`${what}: ${JSON.stringify(value)}`)
  return value
}

const demandKnown = (element: Element, known: readonly string[], what: string) => {
  const unknown = Object.keys(element).find(key => !known.includes(key))
  if (unknown !== undefined) throw new UnsupportedPolicy(`the element ${unknown} of ${what}`)
}

const scalar = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return String(value)
  throw new UnsupportedPolicy(`the value ${JSON.stringify(value)}`)
}

const textsOf = (value: unknown): readonly string[] => {
  const texts = [value].flat().map(scalar)
  if (texts.length === 0) throw new UnsupportedPolicy('an empty list of values')
  return texts
}

const patternsOf = (statement: Element, name: 'Action' | 'Resource'): Patterns => {
  const given = [name, `Not${name}`].filter(key => statement[key] !== undefined)
  const [key] = given
  if (key === undefined || given.length > 1) throw new UnsupportedPolicy(`a statement with ${given.length} of ${name}`)
  return { patterns: textsOf(statement[key]), isNegated: key !== name }
}

const conditionsOf = (value: unknown): readonly Condition[] =>
  Object.entries(elementOf(value ?? {}, 'the condition')).flatMap(([operator, keys]) =>
    Object.entries(elementOf(keys, `the condition ${operator}`)).map(([key, values]) => ({
      operator,
      key,
      values: textsOf(values),
    })),
  )

const principalsOf = (value: unknown): Principals => {
  if (value === '*') return [{ kind: 'AWS', value: '*' }]
  const given = elementOf(value, 'the principal')
  demandKnown(given, ['AWS', 'Service', 'Federated'], 'a principal')
  return Object.entries(given).flatMap(([kind, values]) => textsOf(values).map(text => ({ kind, value: text })))
}

const known = ['Sid', 'Effect', 'Action', 'NotAction', 'Condition']

const statementOf = (value: unknown, kind: Kind): Statement => {
  const statement = elementOf(value, 'the statement')
  demandKnown(
    statement,
    [...known, ...(kind === 'trust' ? ['Principal'] : ['Resource', 'NotResource'])],
    `a statement of a ${kind} policy`,
  )
  const effect = statement['Effect']
  if (effect !== 'Allow' && effect !== 'Deny') throw new UnsupportedPolicy(`the effect ${JSON.stringify(effect)}`)
  return {
    effect,
    actions: patternsOf(statement, 'Action'),
    conditions: conditionsOf(statement['Condition']),
    ...(kind === 'trust'
      ? { principals: principalsOf(statement['Principal']) }
      : { resources: patternsOf(statement, 'Resource') }),
  }
}

/** Parses a document. Only version 2012-10-17 is supported, because the older version reads `${…}` as plain text. */
const parse = (document: unknown, kind: Kind): readonly Statement[] => {
  const policy = elementOf(document, 'the policy')
  demandKnown(policy, ['Version', 'Id', 'Statement'], 'a policy')
  if (policy['Version'] !== '2012-10-17')
    throw new UnsupportedPolicy(`the version ${JSON.stringify(policy['Version'])}`)
  if (policy['Statement'] === undefined) throw new UnsupportedPolicy('a policy without Statement')
  return [policy['Statement']].flat().map(statement => statementOf(statement, kind))
}

const remembered = {
  permissions: new WeakMap<object, readonly Statement[]>(),
  trust: new WeakMap<object, readonly Statement[]>(),
}

const read = (document: unknown, kind: Kind): readonly Statement[] => {
  const policy = elementOf(document, 'the policy')
  const statements = remembered[kind].get(policy) ?? parse(policy, kind)
  remembered[kind].set(policy, statements)
  return statements
}

/** Parses an identity policy, a session policy or a permissions boundary. Throws UnsupportedPolicy. */
export const readPolicy = (document: unknown): readonly Statement[] => read(document, 'permissions')

/** Parses a role's trust policy. Throws UnsupportedPolicy. */
export const readTrustPolicy = (document: unknown): readonly Statement[] => read(document, 'trust')
