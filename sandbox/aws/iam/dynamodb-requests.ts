// The permissions that calls on DynamoDB items need: the table or its index, and the partition keys. Source: DynamoDB
// developer guide, fine-grained access control.

import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

type Value = { readonly S?: string; readonly N?: string; readonly B?: string }
type Item = Readonly<Record<string, Value>>

type Input = {
  readonly TableName?: string
  readonly IndexName?: string
  readonly Key?: Item
  readonly Item?: Item
  readonly KeyConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
  readonly RequestItems?: Readonly<Record<string, unknown>>
}

type BatchedWrite = { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } }

/** The partition key of Quarterdeck's one table. */
const partitionKey = 'pk'

const tableArn = ({ region, caller }: Call, table: string): string =>
  table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${caller.account}:table/${table}`

const keyOf = (item: Item | undefined): readonly string[] => {
  const value = item?.[partitionKey]
  const key = value?.S ?? value?.N ?? value?.B
  return key === undefined ? [] : [key]
}

/** `pk = :pk`, or `#pk = :pk` with its name. */
const queriedKeys = (input: Input): readonly string[] => {
  const parts = (input.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g)
  return [...parts].flatMap(([, name = '', placeholder = '']) =>
    (input.ExpressionAttributeNames?.[name] ?? name) === partitionKey
      ? keyOf({ [partitionKey]: input.ExpressionAttributeValues?.[placeholder] ?? {} })
      : [],
  )
}

const checkOf = (call: Call, resource: string, keys: readonly string[]): Check => ({
  action: `dynamodb:${call.action}`,
  resource,
  context: { 'dynamodb:LeadingKeys': [...new Set(keys)] },
})

const onItem = (call: Call, input: Input) => [
  checkOf(call, tableArn(call, input.TableName ?? ''), keyOf(input.Key ?? input.Item)),
]

/** A query of an index needs permission on that index only. */
const onQuery = (call: Call, input: Input) => {
  const table = tableArn(call, input.TableName ?? '')
  return [
    checkOf(call, input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`, queriedKeys(input)),
  ]
}

const itemsOf = (requests: unknown): readonly (Item | undefined)[] => {
  if (Array.isArray(requests))
    return (requests as readonly BatchedWrite[]).map(one => one.PutRequest?.Item ?? one.DeleteRequest?.Key)
  return (requests as { readonly Keys?: readonly Item[] }).Keys ?? []
}

const onBatch = (call: Call, { RequestItems = {} }: Input) =>
  Object.entries(RequestItems).map(([table, requests]) =>
    checkOf(call, tableArn(call, table), itemsOf(requests).flatMap(keyOf)),
  )

const rows: Readonly<Record<string, (call: Call, input: Input) => readonly Check[]>> = {
  GetItem: onItem,
  PutItem: onItem,
  UpdateItem: onItem,
  DeleteItem: onItem,
  Query: onQuery,
  Scan: onQuery,
  BatchGetItem: onBatch,
  BatchWriteItem: onBatch,
}

/** Undefined for a call that the table does not list. */
export const dynamodbChecks = (call: Call): readonly Check[] | undefined =>
  Object.hasOwn(rows, call.action) ? rows[call.action]?.(call, call.input as Input) : undefined
