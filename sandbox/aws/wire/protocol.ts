// Reads and writes AWS's two RPC protocols with the schemas of the SDK clients.

import { JsonCodec, XmlShapeSerializer } from '@aws-sdk/core/protocols'
import { NormalizedSchema } from '@smithy/core/schema'
import type { $SchemaRef } from '@smithy/types'
import { type ClientModule, demandFrom, type Refuse, type Rules } from './constraints.ts'
import { AwsError, type HttpReply, type HttpRequest, type Protocol } from './service.ts'
import { checkTypes, readForm, withNewer } from './shape.ts'
import { parseSigned } from './sigv4.ts'

type OperationSchemas = { readonly input: NormalizedSchema; readonly output: NormalizedSchema }

const operationOf = (client: ClientModule, action: string): OperationSchemas | undefined => {
  const schema = client[`${action}$`]
  if (!Array.isArray(schema) || schema[0] !== 9) return undefined
  return { input: NormalizedSchema.of(schema[4] as $SchemaRef), output: NormalizedSchema.of(schema[5] as $SchemaRef) }
}

const expectOperation = (client: ClientModule, action: string) => {
  const schemas = operationOf(client, action)
  if (!schemas) throw new AwsError('UnknownOperationException', '')
  return schemas
}

const codec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false })

const parseJson = (body: Buffer): Record<string, never> => {
  try {
    return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Record<string, never>)
  } catch {
    throw new AwsError('SerializationException', '')
  }
}

export const awsJson = ({
  version,
  target,
  client,
  newer = [],
  ...model
}: {
  version: '1.0' | '1.1'
  /** The operations with members that AWS knows but the SDK client does not know yet. Such members are kept unchanged. */
  newer?: readonly string[]
  /** The part of the header x-amz-target before the dot. */
  target: string
  client: ClientModule
  rules: Rules
  refuse: Refuse
}): Protocol => ({
  actionOf: http => {
    const [service, action] = (http.headers['x-amz-target'] ?? '').split('.')
    return service === target ? action : undefined
  },
  read: (action, http) => {
    const schema = expectOperation(client, action).input
    const body = parseJson(http.body)
    checkTypes(schema, body)
    const read: Record<string, unknown> = codec.createDeserializer().readObject(schema, body)
    return newer.includes(action) ? (withNewer(schema, read, body) as Record<string, unknown>) : read
  },
  demand: demandFrom({ client, ...model }),
  write: (action, output) => {
    const serializer = codec.createSerializer()
    const schema = expectOperation(client, action).output
    serializer.write(schema, output ?? {})
    // If an operation has no output, the codec returns no text.
    const written: unknown = serializer.flush()
    const body = typeof written === 'string' ? written : '{}'
    return {
      status: 200,
      headers: { 'content-type': `application/x-amz-json-${version}` },
      body: newer.includes(action) ? JSON.stringify(withNewer(schema, JSON.parse(body), output)) : body,
    }
  },
})

export const awsQuery = ({
  version,
  namespace,
  client,
  ...model
}: {
  version: string
  namespace: string
  client: ClientModule
  rules: Rules
  refuse: Refuse
}): Protocol => ({
  actionOf: http => {
    const form = formOf(http)
    return form.get('Version') === version ? (form.get('Action') ?? undefined) : undefined
  },
  read: (action, http) => {
    const { input } = expectOperation(client, action)
    return readForm(input, formOf(http)) as Record<string, unknown>
  },
  demand: demandFrom({ client, ...model }),
  write: (action, output, requestId) => {
    const serializer = new XmlShapeSerializer({
      timestampFormat: { useTrait: true, default: 5 },
      xmlNamespace: namespace,
      serviceNamespace: namespace,
    })
    serializer.write(expectOperation(client, action).output, output ?? {})
    const inner = String(serializer.flush())
      .replace(/^<[^>]*>/, '')
      .replace(/<\/[^<]*>$/, '')
    const body = `<${action}Response xmlns="${namespace}"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`
    return { status: 200, headers: { 'content-type': 'text/xml' }, body }
  },
})

const formOf = (http: HttpRequest) =>
  http.method === 'GET' ? http.query : new URLSearchParams(http.body.toString('utf8'))

/** The version of EC2's API. EC2's form of the query protocol has its own error format. */
export const EC2_VERSION = '2016-11-15'

export type Wire = 'json' | 'query' | 'rest-json' | 'rest-xml'

/** The protocol of a request, detected from its headers and body. */
export const wireOf = (http: HttpRequest): Wire => {
  if (http.headers['x-amz-target'] !== undefined) return 'json'
  if (parseSigned(http)?.service === 's3') return 'rest-xml'
  const type = http.headers['content-type'] ?? ''
  return type.includes('x-www-form-urlencoded') || http.query.has('Action') ? 'query' : 'rest-json'
}

/** Escapes a text for XML. */
export const xmlText = (text: string): string =>
  text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;')

/** An error as an HTTP answer, in the format of the request's protocol. */
export const failure = (http: HttpRequest, error: AwsError, requestId: string): HttpReply => {
  const { code, message, status, fields } = error
  const wire = wireOf(http)
  if (wire === 'query') {
    if (formOf(http).get('Version') === EC2_VERSION) {
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${code}</Code><Message>${xmlText(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`
      return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body }
    }
    const type = status < 500 ? 'Sender' : 'Receiver'
    const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${xmlText(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
    return { status, headers: { 'content-type': 'text/xml' }, body }
  }
  if (wire === 'rest-xml') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${xmlText(message)}</Message><RequestId>${requestId}</RequestId></Error>`
    return { status, headers: { 'content-type': 'application/xml' }, body: http.method === 'HEAD' ? '' : body }
  }
  const text = message === '' ? {} : { message }
  if (wire === 'rest-json') {
    return {
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ ...fields, ...text }),
    }
  }
  const type = http.headers['content-type'] ?? 'application/x-amz-json-1.1'
  return { status, headers: { 'content-type': type }, body: JSON.stringify({ __type: code, ...fields, ...text }) }
}
