// The HTTP API `/_control`, with which tests in any language change and inspect the simulated world. Uses JSON over POST.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NewFault } from '../aws/wire/faults.ts'
import { readBody, refusalOfOrigin, sendJson, urlOf } from '../http.ts'
import type { Access } from '../page/access.ts'
import type { Control } from '../page/ui/wire.ts'
import type { Route, Sandbox } from '../sandbox.ts'
import type { Channel } from '../ssm/channel.ts'
import { statusOf } from '../ssm/sessions.ts'
import { fair } from '../ssm/weather.ts'

type Body = Readonly<Record<string, unknown>>
type Verb = (body: Body) => unknown

const text = (body: Body, name: string): string => {
  const value = body[name]
  if (typeof value !== 'string') throw new Error(`"${name}" must be a string`)
  return value
}

const number = (body: Body, name: string): number => {
  const value = body[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`"${name}" must be a number`)
  return value
}

const MOST_BYTES = 1_000_000

/**
 * Creates the route. The API can start shells, so a request needs this host, no page of another site, and the token of this run.
 * The cookie of the page is not sufficient.
 */
export const createControlRoute = (
  sandbox: Sandbox,
  panel: Control,
  access: Pick<Access, 'hasControlToken'>,
): Route => {
  const verbs: Readonly<Record<string, Verb>> = {
    ...slackVerbs(sandbox),
    ...worldVerbs(sandbox, panel),
    ...faultVerbs(sandbox),
    ...execVerbs(sandbox),
  }
  return async (req, res) => {
    const [, first, verb = ''] = urlOf(req).pathname.split('/')
    if (first !== '_control') return false
    const refusal =
      refusalOfOrigin(req) ??
      (access.hasControlToken(req) ? undefined : 'the token is missing or belongs to another run')
    if (refusal !== undefined) sendJson(res, 403, { ok: false, error: refusal })
    else await answer(req, res, Object.hasOwn(verbs, verb) ? verbs[verb] : undefined, Object.keys(verbs))
    return true
  }
}

const answer = async (
  req: IncomingMessage,
  res: ServerResponse,
  verb: Verb | undefined,
  known: readonly string[],
): Promise<void> => {
  if (req.method !== 'POST' || verb === undefined)
    return sendJson(res, 404, { ok: false, error: `POST one of: ${known.join(', ')}` })
  try {
    const read: unknown = JSON.parse((await readBody(req, MOST_BYTES)).toString('utf8') || '{}')
    const body = typeof read === 'object' && read !== null ? (read as Body) : {}
    sendJson(res, 200, { ok: true, result: (await verb(body)) ?? null })
  } catch (error) {
    sendJson(res, 400, { ok: false, error: error instanceof Error ? error.message : String(error) })
  }
}

const slackVerbs = (sandbox: Sandbox): Record<string, Verb> => ({
  command: async body => {
    const { status, error } = await sandbox.slack.deliver.command({
      user: text(body, 'user'),
      channel: text(body, 'channel'),
      text: text(body, 'text'),
    })
    await sandbox.quiet()
    return { status, error }
  },
  click: async body => {
    const { status, error } = await sandbox.slack.deliver.click({
      user: text(body, 'user'),
      channel: text(body, 'channel'),
      ts: text(body, 'ts'),
      actionId: text(body, 'actionId'),
    })
    await sandbox.quiet()
    return { status, error }
  },
  messages: body => sandbox.slack.workspace.messages(text(body, 'channel')),
  ephemerals: body => sandbox.slack.workspace.ephemerals(text(body, 'user')),
  publish: body => sandbox.publish(text(body, 'yaml')),
})

const worldVerbs = (sandbox: Sandbox, panel: Control): Record<string, Verb> => ({
  time: () => ({ now: sandbox.clock.now(), speed: sandbox.clock.speed }),
  advance: async body => {
    sandbox.clock.advance(number(body, 'seconds') * 1000)
    await sandbox.quiet()
    return { now: sandbox.clock.now() }
  },
  speed: body => {
    sandbox.clock.speed = number(body, 'speed')
  },
  knobs: () => panel.snapshot().knobs,
  turn: body => panel.turn(text(body, 'id'), body['value'] as string | number | undefined),
  calls: () => sandbox.aws.callLog.list(),
  executions: () =>
    [...sandbox.durable.executions.values()].map(({ name, status, result, error, invocations }) => ({
      name,
      status,
      result,
      error,
      invocations,
    })),
  logs: () => sandbox.functions.logs,
})

/** The functions for exec sessions. `weather` and `timing` affect new sessions; `cut`, `hold` and `release` affect one. */
const execVerbs = ({ aws: { exec } }: Sandbox): Record<string, Verb> => {
  const channelOf = (body: Body): Channel => {
    const session = exec.sessions.find(text(body, 'session'))
    if (session === undefined) throw new Error('unknown session')
    return session.channel
  }
  return {
    sessions: () => exec.sessions.list().map(session => ({ id: session.id, status: statusOf(session) })),
    weather: body => {
      exec.weather = () => ({ ...fair(), ...body })
    },
    timing: body => {
      exec.timing = { ...exec.timing, ...body }
    },
    presign: () => {
      exec.presigns = true
    },
    cut: body => channelOf(body).cut(),
    hold: body => channelOf(body).hold(),
    release: body => channelOf(body).release(),
  }
}

const faultVerbs = ({ aws, slack, functions }: Sandbox): Record<string, Verb> => ({
  fault: body => aws.faults.add(body as unknown as NewFault),
  faults: () => aws.faults.list(),
  heal: () => aws.faults.clear(),
  'slack-fault': body => slack.faults.add(body as unknown as Parameters<typeof slack.faults.add>[0]),
  kill: body => functions.kill(text(body, 'container')),
  'deliver-twice': body => {
    functions.deliversTwice = new Set(body['functions'] as readonly string[])
  },
})
