// The store as a function reaches it: each request in the call log under DynamoDB's name for it, and open to faults.
import { askAws } from '../../src/gateways/aws/translate.ts'
import type { Json, JsonObject } from '../../src/model/json.ts'
import type { Key, Store } from '../../src/model/ports/store.ts'
import type { Asker, StoryAws } from './story-aws.ts'

export const throughAws = (store: Store, aws: StoryAws, asker: Asker): Store => {
  const ask = <T>(doing: string, action: string, input: JsonObject, run: () => Promise<T>): Promise<T> =>
    askAws(doing, () => aws.pass(asker, { service: 'dynamodb', action, region: 'us-east-1', input }, run))
  const put = (key: Key, value: Json, run: () => Promise<boolean>) =>
    ask(`writing ${key.sk}`, 'PutItem', { Item: { ...key, value } }, run)
  return {
    get: key => ask(`reading ${key.sk}`, 'GetItem', { Key: key }, () => store.get(key)),
    create: (key, value, until) => put(key, value, () => store.create(key, value, until)),
    replace: (key, value, version, until) => put(key, value, () => store.replace(key, value, version, until)),
    remove: (key, version) => ask(`removing ${key.sk}`, 'DeleteItem', { Key: key }, () => store.remove(key, version)),
    list: (pk, options) => ask(`listing ${pk.split('#')[0]}`, 'Query', { pk }, () => store.list(pk, options)),
    count: (key, most, until) =>
      ask(`counting ${key.pk}`, 'UpdateItem', { Key: key }, () => store.count(key, most, until)),
  }
}
