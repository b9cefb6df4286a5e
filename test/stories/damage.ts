// Damages answers of AWS: each member of each answer is left out, emptied, or has another value, one at a time. AWS may
// answer so: members are optional in its models, new values of enumerations appear, and lists may be empty. `null` is the
// same as left out, because the SDK's parsers leave out null.

export type Path = readonly string[]

export type Kind = 'left out' | 'empty' | 'other'

export type Damage = { readonly action: string; readonly path: Path; readonly kind: Kind }

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const valuesOf = (value: unknown): readonly (readonly [name: string, value: unknown])[] => {
  if (Array.isArray(value)) return value.map(one => ['*', one] as const)
  return isNode(value) ? Object.entries(value) : []
}

/** Every member of an answer. A `*` stands for every element of a list. */
const membersOf = (value: unknown, path: Path = []): readonly (readonly [path: Path, value: unknown])[] =>
  valuesOf(value).flatMap(([name, member]) => [
    ...(member === undefined ? [] : [[[...path, name], member] as const]),
    ...membersOf(member, [...path, name]),
  ])

const EMPTY: Readonly<Record<string, unknown>> = { string: '', number: 0, boolean: false }
const OTHER: Readonly<Record<string, unknown>> = { string: 'SOMETHING_NEW', number: 987_654_321, boolean: true }

const emptyOf = (value: unknown): unknown => {
  if (value instanceof Date) return new Date(0)
  if (Array.isArray(value)) return []
  return isNode(value) ? {} : EMPTY[typeof value]
}

const otherOf = (value: unknown): unknown => {
  if (value instanceof Date) return new Date('2199-01-01T00:00:00Z')
  return typeof value === 'object' ? undefined : OTHER[typeof value]
}

const replacement = (value: unknown, kind: Kind): unknown =>
  kind === 'left out' ? undefined : kind === 'empty' ? emptyOf(value) : otherOf(value)

/** Every damage that changes one of these answers. */
export const damagesOf = (answers: ReadonlyMap<string, readonly unknown[]>): readonly Damage[] =>
  [...answers].flatMap(([action, outputs]) => {
    const found = new Map<string, Damage>()
    for (const [path, value] of outputs.flatMap(output => membersOf(output)))
      for (const kind of ['left out', 'empty', 'other'] as const) {
        const is = replacement(value, kind)
        if (kind !== 'left out' && (is === undefined || JSON.stringify(is) === JSON.stringify(value))) continue
        found.set(`${path.join('.')} ${kind}`, { action, path, kind })
      }
    return [...found.values()]
  })

/** The answer with the damage, as a copy. A list loses its elements where `*` is left out. */
export const damaged = (value: unknown, [name, ...rest]: Path, kind: Kind): unknown => {
  if (name === undefined) return value
  if (name === '*') {
    if (!Array.isArray(value)) return value
    if (rest.length > 0) return value.map(one => damaged(one, rest, kind))
    return kind === 'left out' ? value.slice(1) : value.map(one => replacement(one, kind) ?? one)
  }
  if (!isNode(value) || value[name] === undefined) return value
  const is = rest.length > 0 ? damaged(value[name], rest, kind) : replacement(value[name], kind)
  const { [name]: _, ...others } = value
  return is === undefined ? others : { ...others, [name]: is }
}

export const nameOf = ({ action, path, kind }: Damage): string => `${action} ${path.join('.')} ${kind}`
