// The world as a test drives it: people type and click in Slack, time leaps, and what Slack and AWS saw is read back.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { LoggedCall } from '../../sandbox/aws/wire/call-log.ts'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import { createWarm, type Warm } from '../../sandbox/lambda/warm.ts'
import { HUB, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { slowTime } from '../../sandbox/slack/real-time.ts'
import type { RequestTampering } from '../../sandbox/slack/send.ts'
import type { Message } from '../../sandbox/slack/types.ts'
import type { Service } from '../../sandbox/world/state.ts'
import { type AuditRecord, chainKey } from '../../src/engine/audit/audit.ts'
import { createStore } from '../../src/gateways/store.ts'
import type { Store } from '../../src/model/ports/store.ts'
import { refusalOfAws } from '../sandbox/lambda/aws-validator.ts'

export const ORDERS = 'prod.us-east-1/web/orders-api'

type Where = { readonly user?: string; readonly channel?: string }

export type World = Sandbox & {
  /** Types `/ecs <text>` and waits until everything that it set off has come to rest. The answer is what only the asker sees. */
  readonly type: (text: string, where?: Where, tampering?: RequestTampering) => Promise<string>
  /** Clicks a button of the last card; Reject's form is filled in and sent. */
  readonly click: (choice: string, user?: string, reason?: string) => Promise<void>
  /** Clicks the button with these words: on the last message that has it, or on what only this person was told last. */
  readonly press: (label: string, user?: string) => Promise<void>
  /** The last message of the channel, as lines of text. */
  readonly card: (channel?: string) => string
  readonly cards: (channel?: string) => readonly Message[]
  /** What was said in the threads of cards. */
  readonly replies: (channel?: string) => readonly Message[]
  /** What only this person was told last. */
  readonly told: (user: string) => string
  readonly responseUrl: (user: string) => string
  readonly calls: (action: string) => readonly LoggedCall[]
  /** The service as the world has it, in prod's us-east-1: `web/orders-api` unless named. */
  readonly service: (name?: string) => Service
  readonly desired: (name?: string) => number
  /** The bot's table, as the local user. */
  readonly store: () => Store
  /** The audit chain of an account, oldest first. */
  readonly audit: (account: string) => Promise<readonly AuditRecord[]>
}

/** Containers stay warm from one world of a file to the next: a cold start costs more than most tests. */
let warm: Warm | undefined = createWarm()

const start = async (options: SandboxOptions): Promise<Sandbox> => {
  const mine = warm
  warm = undefined
  try {
    const sandbox = await startSandbox({ ...options, ...(mine && { warm: mine }) })
    const stop = sandbox.stop.bind(sandbox)
    const demandAgreement = compareWithAws(sandbox)
    return Object.assign(sandbox, {
      stop: async () => {
        await stop()
        warm ??= mine
        demandAgreement()
      },
    })
  } catch (error) {
    if (mine === undefined || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    warm = createWarm()
    return start(options)
  }
}

/** Every checkpoint that the sandbox accepts is shown to AWS's own validator; what it refuses fails the test file at its end. */
const compareWithAws = ({ durable }: Sandbox): (() => void) => {
  const refused: string[] = []
  durable.hooks.onAccepted = (updates, known) => {
    const refusal = refusalOfAws(updates, known)
    if (refusal !== undefined) refused.push(`${refusal} ${JSON.stringify(updates)}`)
  }
  return () => {
    if (refused.length > 0) throw new Error(`AWS refuses checkpoints that the sandbox accepted:\n${refused.join('\n')}`)
  }
}

export const aWorld = async (options: SandboxOptions = {}): Promise<World> => {
  const sandbox = await start({ start: Date.parse('2026-11-22T03:00:00Z'), real: slowTime, ...options })
  const { slack } = sandbox
  const whispers = new Map<string, string>()
  const whispered = new Map<string, Message>()
  slack.subscribe(change => {
    if (change.kind !== 'ephemeral') return
    whispers.set(change.to, textOf(change.message))
    whispered.set(change.to, change.message)
  })
  const cards = (channel = 'C0OPS') => slack.workspace.history(channel).filter(({ bot_id }) => bot_id !== undefined)
  const card = (channel?: string): string =>
    textOf(cards(channel).at(-1)).replace(/configuration \w+ · operation \w+/, 'configuration … · operation …')
  const service = (name = 'web/orders-api'): Service => {
    const [cluster = '', of = ''] = name.split('/')
    const found = sandbox.fleet.site(HUB).clusters.get(cluster)?.services.get(of)
    if (found === undefined) throw new Error(`no service ${name}`)
    return found
  }
  return Object.assign(sandbox, {
    type: async (text: string, { user = 'U0REQUEST', channel = 'C0OPS' }: Where = {}, tampering?: RequestTampering) => {
      whispers.delete(user)
      await slack.deliver.command({ user, channel, text }, tampering)
      await sandbox.quiet()
      return whispers.get(user) ?? ''
    },
    click: async (choice: string, user = 'U0APPROVE', reason = '') => {
      whispers.delete(user)
      const message = cards().at(-1) ?? cards('C0APPROVALS').at(-1)
      await slack.deliver.click({
        user,
        channel: message?.channel ?? '',
        ts: message?.ts ?? '',
        actionId: `decide:${choice}`,
      })
      if (choice === 'reject') await slack.deliver.submit({ user, values: { reason } })
      await sandbox.quiet()
    },
    press: async (label: string, user = 'U0REQUEST') => {
      const has = (message: Message | undefined) => textOf(message).includes(`[${label}]`)
      const own = whispered.get(user)
      const message = has(own) ? own : [...cards('C0APPROVALS'), ...cards()].findLast(has)
      whispers.delete(user)
      whispered.delete(user)
      await slack.deliver.click({ user, channel: message?.channel ?? '', ts: message?.ts ?? '', label })
      await sandbox.quiet()
    },
    card,
    cards,
    replies: (channel = 'C0OPS') =>
      slack.workspace
        .messages(channel)
        .filter(({ bot_id, thread_ts = '', ts }) => bot_id !== undefined && thread_ts !== '' && thread_ts !== ts),
    responseUrl: (user: string) => slack.responseUrl({ channel: 'C0OPS', user }),
    told: (user: string) => whispers.get(user) ?? '',
    calls: (action: string) => sandbox.aws.callLog.list().filter(call => call.action === action),
    service,
    store: () => createStore('quarterdeck', localClient(sandbox), () => sandbox.clock.now()),
    audit: async (account: string) => {
      const client = localClient(sandbox)
      const items = await createStore('quarterdeck', client, () => sandbox.clock.now()).list<AuditRecord>(
        chainKey(account),
      )
      client.destroy()
      return items.map(({ value }) => value)
    },
    desired: (of?: string) => service(of).desired,
  })
}

const localClient = ({ aws }: Sandbox): DynamoDBClient => {
  const { accessKeyId, secretAccessKey } = localUser
  return new DynamoDBClient({ endpoint: aws.url, region: HUB.region, credentials: { accessKeyId, secretAccessKey } })
}

/** Blocks as a reader of the screen hears them, a line each. */
export const textOf = (message: Message | undefined): string =>
  message === undefined
    ? ''
    : message.blocks === undefined || message.blocks.length === 0
      ? message.text
      : message.blocks.map(linesOf).join('\n')

const linesOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(linesOf).join('')
  if (typeof value !== 'object' || value === null) return ''
  const part = value as Record<string, unknown>
  switch (part['type']) {
    case 'rich_text':
      return (part['elements'] as unknown[]).map(linesOf).join('\n')
    case 'rich_text_list':
      return (part['elements'] as unknown[]).map(item => `• ${linesOf(item)}`).join('\n')
    case 'rich_text_quote':
      return `> ${linesOf(part['elements'])}`
    case 'table':
      return (part['rows'] as unknown[][]).map(cells => cells.map(linesOf).join(' | ')).join('\n')
    case 'channel':
      return `#${String(part['channel_id'])}`
    case 'usergroup':
      return `@${String(part['usergroup_id'])}`
    case 'user':
      return `@${String(part['user_id'])}`
    case 'date':
      return String(part['fallback'])
    case 'actions':
      return (part['elements'] as unknown[])
        .map(button => `[${linesOf((button as Record<string, unknown>)['text'])}]`)
        .join(' ')
    case 'link':
    case 'text':
    case 'raw_text':
    case 'plain_text':
    case 'mrkdwn':
      return String(part['text'])
    default:
      return linesOf(part['elements'] ?? part['text'] ?? [])
  }
}
