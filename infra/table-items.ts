// Which DynamoDB items each function may read and write, by partition key.
import { arn, type FunctionName, type Hub, type Where, whereOf } from './names.ts'
import { allowing, type Statement } from './policy.ts'

/** For each function: the patterns of partition keys that it uses, and the DynamoDB actions that it uses on these items. */
const ITEMS: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  // The items for option menus.
  slack: {
    'here#*': ['GetItem'],
    services: ['Query'],
    'usergroup#*': ['GetItem'],
  },
  query: {
    'audience#*': ['DeleteItem', 'GetItem', 'PutItem'],
    'budget#*': ['UpdateItem'],
    // For the preview of a digest: its emergencies and deployments.
    'audit#*': ['Query'],
    'cards#*': ['PutItem', 'Query'],
    'channel-place#*': ['GetItem', 'PutItem'],
    'digest#*': ['Query'],
    'follows#*': ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    halt: ['GetItem'],
    'outsiders#*': ['PutItem'],
    'rate-limited': ['PutItem'],
    'here#*': ['GetItem'],
    holds: ['Query'],
    incidents: ['GetItem', 'Query'],
    leases: ['GetItem', 'Query'],
    'audited#*': ['Query'],
    'exec#*': ['GetItem'],
    'follow#*': ['GetItem', 'PutItem'],
    livetails: ['GetItem', 'PutItem'],
    pending: ['Query'],
    'service-tags': ['Query'],
    services: ['Query'],
    'signals#*': ['Query'],
    snoozes: ['GetItem', 'Query'],
    'states#*': ['Query'],
    'stopped#*': ['Query'],
    subscriptions: ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
  decision: {
    'audience#*': ['GetItem', 'PutItem'],
    'budget#*': ['UpdateItem'],
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem'],
    'follow#*': ['GetItem', 'PutItem'],
    halt: ['DeleteItem', 'GetItem', 'PutItem'],
    'here#*': ['DeleteItem', 'GetItem', 'PutItem'],
    holds: ['DeleteItem', 'PutItem', 'Query'],
    incidents: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    leases: ['GetItem', 'PutItem'],
    'operation#*': ['GetItem', 'PutItem'],
    'problem-cards': ['GetItem', 'PutItem'],
    problems: ['GetItem'],
    'service-tags': ['Query'],
    services: ['Query'],
    snoozes: ['GetItem', 'PutItem'],
    subscriptions: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
  operation: {
    'audience#*': ['GetItem', 'PutItem'],
    'budget#*': ['UpdateItem'],
    'cards#*': ['PutItem'],
    'channel-place#*': ['GetItem', 'PutItem'],
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem', 'Query'],
    'drought#*': ['GetItem'],
    'service-tags': ['Query'],
    'set#*': ['PutItem', 'Query'],
    'exec#*': ['GetItem', 'PutItem'],
    halt: ['GetItem'],
    'here#*': ['GetItem'],
    holds: ['Query'],
    incidents: ['Query'],
    leases: ['DeleteItem', 'GetItem', 'PutItem'],
    'lock#*': ['DeleteItem', 'GetItem', 'PutItem'],
    'operation#*': ['GetItem', 'PutItem'],
    pending: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    // Operations that were started by an earlier version need this item.
    'pending#*': ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'request#*': ['GetItem', 'PutItem'],
    services: ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
    'watch#*': ['DeleteItem', 'GetItem', 'PutItem'],
  },
  events: {
    'drought#*': ['GetItem', 'PutItem'],
    hooked: ['GetItem', 'PutItem'],
    'noticed#*': ['PutItem'],
    'problem-marks#*': ['GetItem', 'PutItem'],
    'problem-teller': ['GetItem', 'PutItem'],
    services: ['GetItem', 'PutItem'],
    'signals#*': ['PutItem'],
    'states#*': ['GetItem', 'PutItem'],
    'stopped#*': ['PutItem'],
  },
  export: {
    'audit#*': ['Query'],
    exported: ['GetItem', 'PutItem', 'Query'],
  },
  // The schedule function reports dead operations, refreshes the service index and posts the digests.
  schedule: {
    'audience#*': ['GetItem', 'PutItem'],
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem', 'Query'],
    'cards#*': ['PutItem'],
    'digest#*': ['GetItem', 'PutItem', 'Query'],
    hooked: ['Query'],
    incidents: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'follow#*': ['GetItem'],
    'noticed#*': ['Query'],
    'problem-cards': ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'problem-marks#*': ['DeleteItem', 'PutItem', 'Query'],
    'problem-teller': ['DeleteItem', 'GetItem', 'PutItem'],
    'problem-told#*': ['PutItem'],
    problems: ['PutItem', 'Query'],
    'signals#*': ['Query'],
    'stopped#*': ['Query'],
    subscriptions: ['DeleteItem', 'Query'],
    leases: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'operation#*': ['GetItem', 'PutItem'],
    pending: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'states#*': ['Query'],
    'service-tags': ['DeleteItem', 'PutItem', 'Query'],
    services: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    snoozes: ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
}

const tableArn = (where: Where): string => arn('dynamodb', where, `table/${where.table}`)

export const usesTable = (name: keyof typeof ITEMS, where: Where): readonly Statement[] => {
  const items = Object.entries(ITEMS[name])
  const actions = [...new Set(items.flatMap(([, allowed]) => allowed))].toSorted()
  return actions.map(action =>
    allowing(`Table${action}`, `dynamodb:${action}`, tableArn(where), {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': items.filter(([, allowed]) => allowed.includes(action)).map(([key]) => key),
      },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }),
  )
}

const AUDIT = ['audit#*', 'audited#*'] as const
/** The DynamoDB actions that change or remove an item. PutItem is missing, because it is also needed to add items. */
const REWRITES = ['UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete'] as const

/**
 * The statement that makes audit records append-only. IAM cannot require that a PutItem is conditional. However, the hash chain
 * shows that a record was overwritten.
 */
export const appendOnly = (hub: Hub): Statement => ({
  Sid: 'AuditIsAppendOnly',
  Effect: 'Deny',
  Action: REWRITES.map(action => `dynamodb:${action}`),
  Resource: tableArn(whereOf(hub)),
  Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': AUDIT } },
})
