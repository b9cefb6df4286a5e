// Reads the items that ingress needs for option menus. Uses eventually consistent reads and no SDK.
import { isRecord } from '../model/json.ts'
import type { Item, QuickStore } from '../model/ports/store.ts'
import { createSignedPost, refusedBy } from './signed-request.ts'

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>
type Answer = {
  readonly Item?: Attributes
  readonly Items?: readonly Attributes[]
  readonly LastEvaluatedKey?: Attributes
}

/** Creates the store. `env`: TABLE, AWS_REGION, credentials, and endpoint overrides. */
export const createQuickStore = (env: NodeJS.ProcessEnv, now: () => number = Date.now): QuickStore => {
  const send = createSignedPost('dynamodb', env)
  const TableName = env['TABLE']
  const ask = async (action: string, input: object): Promise<Answer> => {
    const reply = await send('/', JSON.stringify({ TableName, ...input }), {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
    })
    if (reply.status !== 200) throw refusedBy('reading the store: DynamoDB', reply)
    return JSON.parse(reply.text) as Answer
  }
  const isCurrent = ({ until }: Attributes): boolean => until?.N === undefined || Number(until.N) > now() / 1_000
  return {
    list: async pk => {
      const found: Attributes[] = []
      let from: Attributes | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await ask('Query', {
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ...(from !== undefined && { ExclusiveStartKey: from }),
        })
        found.push(...Items)
        from = isRecord(LastEvaluatedKey) ? LastEvaluatedKey : undefined
      } while (from !== undefined)
      return found.filter(isCurrent).map(readItem)
    },
    get: async ({ pk, sk }) => {
      const { Item } = await ask('GetItem', { Key: { pk: { S: pk }, sk: { S: sk } } })
      return Item === undefined || !isCurrent(Item) ? undefined : readItem(Item)
    },
  }
}

const readItem = (item: Attributes): Item<unknown> => ({
  key: { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' },
  version: Number(item['version']?.N ?? 0),
  value: JSON.parse(item['value']?.S ?? 'null'),
})
