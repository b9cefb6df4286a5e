// Pure: a task definition as JSON, as ECS returned it, with other images or sizes. Members that this code does not know stay.
import { createHash } from 'node:crypto'
import type { Registration } from '../../engine/change/plan.ts'
import { canonicalJson, isRecord, type Json, type JsonObject } from '../../model/json.ts'

/** What ECS returns of a task definition. `tags`: those that a person may set. */
export type Described = { readonly taskDefinition: JsonObject; readonly tags: readonly JsonObject[] }

type Patch = Pick<Registration, 'images' | 'sizes' | 'cpu' | 'memory'>

/** What ECS adds to a definition, and RegisterTaskDefinition refuses. Source: ECS API reference, TaskDefinition. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
])

const ownParts = (definition: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(definition).filter(([key]) => !READ_ONLY.has(key)))

/** Reads an answer of DescribeTaskDefinition. Tags whose key begins with `aws:` are AWS's own: nobody may set them. */
export const describedIn = (answer: JsonObject): Described | undefined => {
  const { taskDefinition, tags } = answer
  if (!isJsonObject(taskDefinition)) return undefined
  const all = Array.isArray(tags) ? tags.filter(isJsonObject) : []
  return { taskDefinition, tags: all.filter(({ key }) => typeof key === 'string' && !/^aws:/i.test(key)) }
}

const isJsonObject = (value: Json | undefined): value is JsonObject => isRecord(value)

/** The SHA-256 of all that a new revision takes over, as 64 hex digits. */
export const hashOf = ({ taskDefinition, tags }: Described): string =>
  createHash('sha256')
    .update(canonicalJson({ ...ownParts(taskDefinition), tags: inAnyOrder([...tags]) }))
    .digest('hex')

/** The input of RegisterTaskDefinition: the same definition with these images and sizes; undefined where a container is missing. */
export const withPatch = (
  { taskDefinition, tags }: Described,
  { images, sizes, cpu, memory }: Patch,
): JsonObject | undefined => {
  const containers = listOf(taskDefinition['containerDefinitions'])
  const names = containers.map(({ name }) => name)
  if (![images, sizes ?? {}].flatMap(Object.keys).every(name => names.includes(name))) return undefined
  const own = <T>(of: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
    of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined
  const containerDefinitions = containers.map(container => {
    const name = String(container['name'])
    const image = own(images, name)
    return { ...container, ...(image !== undefined && { image }), ...own(sizes, name) }
  })
  const size = sizes === undefined ? {} : { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) }
  return { ...ownParts(taskDefinition), ...size, containerDefinitions, ...(tags.length > 0 && { tags }) }
}

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

/**
 * Whether a definition is what this input registers. ECS may return lists of objects in another order, and adds defaults,
 * which it has not always done.
 */
export const isRegistered = (input: JsonObject, { taskDefinition }: Described): boolean => {
  const { tags: _, ...wanted } = input
  return canonicalJson(comparable(wanted)) === canonicalJson(comparable(ownParts(taskDefinition)))
}

const comparable = (value: Json): Json => inAnyOrder(withoutDefaults(value))

const withoutDefaults = (value: Json): Json => {
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, member]) => !isDefault(key, member, value))
        .map(([key, member]) => [key, withoutDefaults(member)]),
    )
  return Array.isArray(value) ? value.map(withoutDefaults) : value
}

/** Source: ECS API reference, ContainerDefinition and PortMapping. */
const isDefault = (key: string, value: Json, { containerPort }: JsonObject): boolean => {
  if (key === 'essential') return value === true || value === null
  if (value === null || value === false || value === 0 || (Array.isArray(value) && value.length === 0)) return true
  if (key === 'hostPort') return value === containerPort
  return key === 'protocol' && value === 'tcp'
}

const inAnyOrder = (value: Json): Json => {
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inAnyOrder(member)]))
  if (!Array.isArray(value)) return value
  const items = value.map(inAnyOrder)
  return items.every(isJsonObject) ? items.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) : items
}
