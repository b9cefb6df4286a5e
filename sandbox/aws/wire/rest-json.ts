// Reads and writes AWS's REST protocol with JSON bodies (path labels, query, body) with the schemas of the SDK clients.

import { JsonCodec } from '@aws-sdk/core/protocols'
import { NormalizedSchema } from '@smithy/core/schema'
import type { $SchemaRef } from '@smithy/types'
import { type ClientModule, demandFrom, type Refuse, type Rules } from './constraints.ts'
import { AwsError, type HttpRequest, type Protocol } from './service.ts'
import { checkTypes } from './shape.ts'

/** The route of an operation. `path`: may contain labels in braces, `/schedules/{Name}`. */
export type RestRoute = { readonly action: string; readonly method: string; readonly path: string }

const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false })

const schemaOf = (client: ClientModule, action: string, at: 4 | 5): NormalizedSchema => {
  const schema = client[`${action}$`]
  if (!Array.isArray(schema) || schema[0] !== 9) throw new AwsError('UnknownOperationException', '', { status: 404 })
  return NormalizedSchema.of(schema[at] as $SchemaRef)
}

/** The labels in a path, keyed by name; undefined if the path does not match. A label is never empty. */
const labelsOf = (template: string, path: string): Readonly<Record<string, string>> | undefined => {
  const templateParts = template.split('/')
  const given = path.split('/')
  if (templateParts.length !== given.length) return undefined
  const labels: Record<string, string> = {}
  for (const [at, part] of templateParts.entries()) {
    const value = given[at] ?? ''
    const label = /^\{(\w+)\}$/.exec(part)?.[1]
    if (label === undefined ? part !== value : value === '') return undefined
    if (label !== undefined) labels[label] = decodeURIComponent(value)
  }
  return labels
}

const bodyOf = (http: HttpRequest): Record<string, never> => {
  try {
    return http.body.length === 0 ? {} : (JSON.parse(http.body.toString('utf8')) as Record<string, never>)
  } catch {
    throw new AwsError('SerializationException', '')
  }
}

const fromQuery = (schema: NormalizedSchema, query: URLSearchParams): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...schema.structIterator()].flatMap(([name, member]) => {
      const { httpQuery } = member.getMergedTraits()
      const value = typeof httpQuery === 'string' ? query.get(httpQuery) : null
      return value === null ? [] : [[name, member.isNumericSchema() ? Number(value) : value] as const]
    }),
  )

export const restJson = ({
  routes,
  client,
  ...model
}: {
  routes: readonly RestRoute[]
  client: ClientModule
  rules: Rules
  refuse: Refuse
}): Protocol => {
  const find = (http: HttpRequest) =>
    routes.find(({ method, path }) => method === http.method && labelsOf(path, http.path) !== undefined)
  return {
    actionOf: http => find(http)?.action,
    read: (action, http) => {
      const schema = schemaOf(client, action, 4)
      const labels = labelsOf(find(http)?.path ?? '', http.path)
      const sent = { ...bodyOf(http), ...fromQuery(schema, http.query), ...labels }
      checkTypes(schema, sent)
      return codec.createDeserializer().readObject(schema, sent as Record<string, never>)
    },
    demand: demandFrom({ client, ...model }),
    write: (action, output) => {
      const serializer = codec.createSerializer()
      serializer.write(schemaOf(client, action, 5), output ?? {})
      return { status: 200, headers: { 'content-type': 'application/json' }, body: String(serializer.flush() ?? '{}') }
    },
  }
}
