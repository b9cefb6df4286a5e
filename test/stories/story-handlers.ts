// What handlers/ puts together for Lambda, put together for a story: the same functions, with ports that end in this process.
import { BOT } from '../../sandbox/slack/seed.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Clock } from '../../sandbox/world/clock.ts'
import { declarations } from '../../src/commands/declarations.ts'
import type { Ports } from '../../src/commands/ports.ts'
import { sessionPolicy } from '../../src/engine/change/session-policy.ts'
import type { Config } from '../../src/engine/rules/config.ts'
import { guardSlack } from '../../src/engine/rules/guarded-slack.ts'
import { askRequester } from '../../src/functions/decision/ask-requester.ts'
import { changeSetting } from '../../src/functions/decision/change-setting.ts'
import { decide } from '../../src/functions/decision/decide.ts'
import { openCard } from '../../src/functions/decision/open-card.ts'
import { receiveEvent } from '../../src/functions/events/receive-event.ts'
import { runFollow } from '../../src/functions/follow/run-follow.ts'
import { createApp } from '../../src/functions/ingress/app.ts'
import { type HttpEvent, LambdaReceiver } from '../../src/functions/ingress/receiver.ts'
import { durableHandler } from '../../src/functions/operation/durable-client.ts'
import { operate } from '../../src/functions/operation/operation.ts'
import type { OperationPorts } from '../../src/functions/operation/ports.ts'
import { answerQuery } from '../../src/functions/query/answer-query.ts'
import { showHome } from '../../src/functions/query/app-home.ts'
import { checkAudience } from '../../src/functions/query/check-audience.ts'
import { tellRateLimit } from '../../src/functions/query/tell-rate-limit.ts'
import { runScheduled } from '../../src/functions/schedule/run-scheduled.ts'
import { createSlack } from '../../src/gateways/slack/slack.ts'
import { isRefusal, RemoteError } from '../../src/model/errors.ts'
import type { Dispatch } from '../../src/model/ports/functions.ts'
import { decodeFollow, decodeJob, decodeScheduled, kindOf } from '../../src/model/ports/job.ts'
import type { AskOnCall, OnCallQuery } from '../../src/model/ports/on-call.ts'
import type { Store } from '../../src/model/ports/store.ts'
import { clientOf } from '../sandbox/lambda/engine.ts'
import { HUB } from '../world/driving.ts'
import type { Asker } from './story-aws.ts'
import type { Handler } from './story-functions.ts'
import { createFunctionPorts, type Lambda } from './story-lambda.ts'
import { createStoryReaders, createStorySessions, createStoryWriter } from './story-sessions.ts'
import { throughAws } from './story-store.ts'

export type Behind = Lambda & {
  readonly clock: Clock
  readonly store: Store
  readonly slack: Slack
  readonly secrets: { readonly signingSecret: string; readonly botToken: string }
  readonly config: () => Config
  readonly onCall: { ask: AskOnCall }
}

const QUERY_MS = 300_000
const OPERATION_MS = 900_000

export const createHandlers = (behind: Behind): ReadonlyMap<string, Handler> => {
  const { slack, secrets } = behind
  const slackPort = createSlack(secrets.botToken, { SLACK_API_URL: `${slack.origin}/api/` })
  return new Map(
    [ingress, query, decision, operation, schedule, events].map(make => {
      const name = `quarterdeck-${make === ingress ? 'slack' : make.name}`
      const arn = `arn:aws:sts::${HUB.account}:assumed-role/${name}/${name}`
      const asker: Asker = { function: name, account: HUB.account, arn }
      return [name, make(portsOf(behind, asker, slackPort), behind)] as const
    }),
  )
}

type AllPorts = ReturnType<typeof portsOf>

const portsOf = ({ clock, aws, config, ...behind }: Behind, asker: Asker, slack: ReturnType<typeof createSlack>) => {
  const store = throughAws(behind.store, aws, asker)
  const sessionsFor = createStorySessions(aws, asker)
  const now = () => new Date(clock.now()).toISOString()
  const ports: Ports = {
    config: async () => config(),
    recentConfig: async () => config(),
    halted: async () => undefined,
    slack: async () => guardSlack(slack, { config: async () => config(), store, now }),
    store,
    now,
    readers: (known, who, purpose) =>
      createStoryReaders(known, { aws, asker, store, sessions: sessionsFor({ role: 'viewer', who, purpose }) }),
  }
  const writer: OperationPorts['writer'] = async (known, { plan, who, operation, role }) => {
    const policy = sessionPolicy(plan.calls)
    if (isRefusal(policy)) throw new RemoteError(policy.text, { code: 'PackedPolicyTooLarge', passing: false })
    const sessionsOf = (one: typeof role | 'viewer') => sessionsFor({ role: one, who, purpose: operation })
    return createStoryWriter(known, plan.target, sessionsOf(role), sessionsOf('viewer'))
  }
  const functions = createFunctionPorts({ aws, ...behind }, asker)
  return {
    ...{ ...ports, ...functions },
    startOperation: functions.dispatch.operation,
    writer,
    exec: (() => {
      throw new Error('a story runs no commands in containers')
    }) as OperationPorts['exec'],
    pagerDuty: (query: OnCallQuery) => behind.onCall.ask(query),
    pause: behind.functions.pause,
  }
}

const ingress = ({ dispatch, store, config }: AllPorts & { dispatch: Dispatch }, behind: Behind): Handler => {
  const { clock, secrets, slack } = behind
  const receiver = new LambdaReceiver({ signingSecrets: async () => [secrets.signingSecret], now: () => clock.now() })
  createApp({
    receiver,
    declarations,
    dispatch,
    secrets: async () => ({
      ...{ signing: [secrets.signingSecret], botToken: secrets.botToken, bot: BOT.botId, botUser: BOT.userId },
    }),
    naming: { store, config, now: () => clock.now() },
    slackApiUrl: `${slack.origin}/api/`,
  })
  return event => receiver.handle(event as HttpEvent)
}

const query =
  (ports: AllPorts): Handler =>
  event => {
    switch (kindOf(event)) {
      case 'home':
        return showHome(decodeJob('home', event), ports)
      case 'audience':
        return checkAudience(decodeJob('audience', event), ports)
      case 'rate-limited':
        return tellRateLimit(ports)
      case 'follow':
        return runFollow(decodeFollow(event), ports, QUERY_MS)
      default:
        return answerQuery(decodeJob('query', event), ports, QUERY_MS)
    }
  }

const decision =
  (ports: AllPorts): Handler =>
  event => {
    switch (kindOf(event)) {
      case 'setting':
        return changeSetting(decodeJob('setting', event), ports)
      case 'ask':
        return askRequester(decodeJob('ask', event), ports)
      case 'card':
        return openCard(decodeJob('card', event), ports)
      default:
        return decide(decodeJob('decision', event), ports)
    }
  }

const operation = (ports: AllPorts, { durable }: Behind): Handler => {
  const handler = durableHandler(
    (event: unknown, ctx) => operate(decodeJob('operation', event), ctx, ports),
    clientOf(durable),
  )
  const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => OPERATION_MS }
  return event => handler(event as never, context as never)
}

const events =
  (ports: AllPorts): Handler =>
  event =>
    receiveEvent(event, ports)

const schedule =
  (ports: AllPorts): Handler =>
  event =>
    runScheduled(decodeScheduled(event), ports)
