// Checks an input against its schema: wrong types and missing members. Also reads the form of the query protocol.

import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from './service.ts'

const kindOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value)

const refuse = (message: string): never => {
  throw new AwsError('SerializationException', message)
}

const found: Readonly<Record<string, string>> = { string: 'STRING_VALUE', number: 'NUMBER_VALUE' }

const checkScalar = (schema: NormalizedSchema, value: unknown): void => {
  const kind = kindOf(value)
  if (kind === 'object') refuse('Start of structure or map found where not expected.')
  if (kind === 'array') refuse('Unexpected list or array found where not expected.')
  const seen = found[kind] ?? (value === true ? 'TRUE_VALUE' : 'FALSE_VALUE')
  if (schema.isBooleanSchema() && kind !== 'boolean') refuse(`${seen} can not be converted to a Boolean`)
  if (schema.isStringSchema() && kind !== 'string') refuse(`${seen} can not be converted to a String`)
  if (schema.isNumericSchema() && kind !== 'number') refuse(`${seen} can not be converted to an Integer`)
}

const checkItems = (schema: NormalizedSchema, value: unknown): void => {
  if (!Array.isArray(value)) refuse('Unexpected field type')
  else for (const item of value) checkTypes(schema.getValueSchema(), item)
}

const checkMembers = (schema: NormalizedSchema, value: unknown): void => {
  if (kindOf(value) !== 'object') refuse('Unexpected field type')
  const members = value as Record<string, unknown>
  if (schema.isMapSchema()) for (const item of Object.values(members)) checkTypes(schema.getValueSchema(), item)
  else for (const [name, member] of schema.structIterator()) checkTypes(member, members[name])
}

/** Checks the types of an input. Throws SerializationException, with AWS's text, for a value of the wrong type. */
export const checkTypes = (schema: NormalizedSchema, value: unknown): void => {
  if (value === null || value === undefined || schema.isDocumentSchema()) return
  if (schema.isListSchema()) checkItems(schema, value)
  else if (schema.isStructSchema() || schema.isMapSchema()) checkMembers(schema, value)
  else checkScalar(schema, value)
}

/**
 * The paths of the required members that are missing. A schema lists its required members first, and contains the number of
 * required members.
 */
export const missingMembers = (schema: NormalizedSchema, value: unknown, path = ''): readonly string[] => {
  if (value === null || value === undefined) return []
  if (schema.isListSchema() && Array.isArray(value))
    return value.flatMap((item, index) => missingMembers(schema.getValueSchema(), item, `${path}.${index + 1}.member`))
  if (!schema.isStructSchema()) return []
  const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0)
  return [...schema.structIterator()].flatMap(([name, member], index) => {
    const inner = (value as Record<string, unknown>)[name]
    const at = path ? `${path}.${name}` : name
    return index < required && (inner === undefined || inner === null) ? [at] : missingMembers(member, inner, at)
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> => kindOf(value) === 'object' && value !== null

/** Returns `value` with the additional members of `from` that the schema does not have. */
export const withNewer = (schema: NormalizedSchema, value: unknown, from: unknown): unknown => {
  if (schema.isListSchema() && Array.isArray(value) && Array.isArray(from))
    return value.map((item, index) => withNewer(schema.getValueSchema(), item, from[index]))
  if (!schema.isStructSchema() || !isRecord(value) || !isRecord(from)) return value
  const members = new Map(schema.structIterator())
  const newer = Object.entries(from).filter(([name]) => !members.has(name))
  const known = Object.entries(value).map(([name, inner]) => {
    const member = members.get(name)
    return [name, member ? withNewer(member, inner, from[name]) : inner]
  })
  return Object.fromEntries([...known, ...newer])
}

const readScalar = (schema: NormalizedSchema, text: string): unknown => {
  if (schema.isBooleanSchema()) return text === 'true'
  if (!schema.isNumericSchema()) return text
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new AwsError('MalformedInput', `${text} is not a valid number`)
  return Number(text)
}

const readFormStruct = (schema: NormalizedSchema, form: URLSearchParams, prefix: string): unknown => {
  const members = [...schema.structIterator()].flatMap(([name, member]) => {
    const value = readForm(member, form, prefix ? `${prefix}.${name}` : name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return members.length > 0 || prefix === '' ? Object.fromEntries(members) : undefined
}

const readFormList = (schema: NormalizedSchema, form: URLSearchParams, prefix: string): unknown => {
  const items: unknown[] = []
  for (;;) {
    const item = readForm(schema.getValueSchema(), form, `${prefix}.member.${items.length + 1}`)
    if (item === undefined) return items.length > 0 ? items : undefined
    items.push(item)
  }
}

/** Reads the form of AWS's query protocol: `Tags.member.1.Key=…`. */
export const readForm = (schema: NormalizedSchema, form: URLSearchParams, prefix = ''): unknown => {
  if (schema.isStructSchema()) return readFormStruct(schema, form, prefix)
  if (schema.isListSchema()) return readFormList(schema, form, prefix)
  const text = form.get(prefix)
  return text === null ? undefined : readScalar(schema, text)
}
